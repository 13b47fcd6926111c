// @ts-check
/** Under Node, for the unit tests of applications: a plain import, storage in memory, the same specs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as millrace from 'millrace';
import * as live from 'millrace/live';
import { observersOf } from './support/page/observers.js';
import { serve } from './support/server.mjs';
import * as specs from './specs/index.js';

/** @import { Store } from 'millrace' */
/** @import { Spec } from './support/page/context.js' */

const options = { timeout: 30_000 };

/** What cannot be here, and why. @type {Readonly<Record<string, string>>} */
const ONLY_IN_PAGES = {
  B7_aBusyListenerIsNotFlooded: 'the core is in the thread that the listener keeps busy',
  readsPlainTextAndSendsTheRequestAsGiven: 'it asks for an address relative to the page',
};

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
before(async () => { server = await serve({}); });
after(() => server.close());

/** @param {Spec} spec @param {string} name */
async function run(spec, name) {
  /** @type {Store[]} */
  const open = [];
  try {
    await spec({
      name, storage: 'memory', millrace, provider: `${server.url}provider/`, observe: observersOf(live),
      async open(asked = {}) {
        const store = await millrace.openStore({ name, storage: 'memory', ...asked });
        open.push(store);
        return store;
      },
    });
  } finally {
    for (const store of open) await store.close();
  }
}

for (const [module, its] of Object.entries(specs)) {
  describe(`${module} under Node`, () => {
    for (const [name, spec] of Object.entries(its)) {
      if (!(name in ONLY_IN_PAGES)) test(name, options, () => run(spec, `${module}-${name}`));
    }
  });
}

test('what lasts needs a browser: storage-unavailable', options, async () => {
  for (const storage of /** @type {const} */ (['auto', 'opfs', 'indexeddb'])) {
    await assert.rejects(millrace.openStore({ storage }), (/** @type {any} */ error) => error.code === 'storage-unavailable' && /'memory'/.test(error.message));
  }
});

test('a store that nobody closed, with a message that nobody finished, does not keep the process alive', options, () => {
  const program = "import { openStore } from 'millrace'; const store = await openStore({ storage: 'memory' }); const { id } = await store.sessions.create(); " +
    "(await store.messages.create(id, { role: 'assistant' })).appendText('Unfinished'); await store.flushAll(); console.log('done');";
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  assert.equal(execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd, encoding: 'utf8', timeout: 20_000 }).trim(), 'done');
});
