// @ts-check
/** The specs in WebKitGTK, an engine without OPFS: 'auto' keeps the store in IndexedDB, and all works there. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from './support/server.mjs';
import { launchWebKit } from './support/webkit.mjs';
import * as drafts from './specs/drafts.js';
import * as events from './specs/events.js';
import * as indexeddb from './specs/indexeddb.js';
import * as ingest from './specs/ingest.js';
import * as lifecycle from './specs/lifecycle.js';
import * as reading from './specs/reading.js';
import * as search from './specs/search.js';
import * as stores from './specs/stores.js';
import * as transfer from './specs/transfer.js';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const options = { timeout: 60_000 };

const CUT = 'WebKitGTK takes a connection that breaks for the end of the body: the reply ends as unknown instead of error';
/** What is otherwise in this browser. @type {Readonly<Record<string, string>>} */
const OTHERWISE = {
  B7_aBusyListenerIsNotFlooded: "the IndexedDB of a Worker goes through its page's thread: while that is busy, commits wait",
  I4_networkErrorsKeepWhatHadArrived: CUT,
  goesOnWithAMessage: CUT,
};

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {Awaited<ReturnType<typeof launchWebKit>>} */
let browser;

before(async () => {
  server = await serve({ dist: here('../dist'), specs: here('specs'), support: here('support') });
  browser = await launchWebKit();
  await browser.goto(server.url);
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/** @param {string} module @param {string} spec @param {{ phase?: number; keepOpen?: boolean }} [phase] */
function runInPage(module, spec, { phase = 0, keepOpen = false } = {}) {
  return browser.run(
    "const { runSpec } = await import('/support/page/context.js'); await runSpec(...args);",
    `/specs/${module}.js`, spec, phase, { name: `${module}-${spec}`, storage: 'indexeddb', keepOpen },
  );
}

test("S6: 'auto' falls back to IndexedDB and says so", options, async () => {
  const storage = await browser.run(`
    const { openStore } = await import('/dist/index.js');
    const store = await openStore({ name: 'auto' });
    const { storage } = await store.stats();
    await store.close();
    return [store.storage, storage, await openStore({ name: 'auto', storage: 'opfs' }).catch((error) => error.code)];`);
  assert.deepEqual(storage, ['indexeddb', 'indexeddb', 'storage-unavailable']);
});

for (const [module, specs] of Object.entries({ drafts, events, reading, ingest, search, stores, transfer, indexeddb })) {
  describe(`${module} in WebKit`, () => {
    for (const spec of Object.keys(specs)) {
      if (!(spec in OTHERWISE)) test(spec, options, () => runInPage(module, spec));
    }
  });
}

describe('S4: the page is reloaded, in WebKit', () => {
  for (const [spec, phases] of Object.entries(lifecycle)) {
    test(spec, options, async () => {
      for (const phase of phases.keys()) {
        await browser.goto(server.url);
        await runInPage('lifecycle', spec, { phase, keepOpen: true });
      }
    });
  }
});
