// @ts-check
/** Tabs that run two releases of the package, one of which says another protocol. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium } from './support/chromium.mjs';
import { launchFirefox } from './support/firefox.mjs';
import { serve } from './support/server.mjs';
import { FOLDERS } from './support/stage.mjs';

/** @import { TestBrowser } from './support/stage.mjs' */

const options = { timeout: 60_000 };
const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

/** The package as a release of that protocol would be. @param {string} folder @param {(protocol: number) => number} protocolOf */
function build(folder, protocolOf) {
  cpSync(DIST, folder, { recursive: true });
  const worker = join(folder, 'worker/worker.js');
  let found = 0;
  writeFileSync(worker, readFileSync(worker, 'utf8').replace(/millrace: (\d+),/g, (_all, protocol) => {
    found += 1;
    return `millrace: ${protocolOf(Number(protocol))},`;
  }).replace(/millrace === (\d+)\)/g, (_all, protocol) => {
    found += 1;
    return `millrace === ${protocolOf(Number(protocol))})`;
  }).replace(/millrace < (\d+) \?/g, (_all, protocol) => {
    found += 1;
    return `millrace < ${protocolOf(Number(protocol))} ?`;
  }));
  return found;
}

for (const [name, launch] of /** @type {const} */ ([['Chromium', launchChromium], ['Firefox', launchFirefox]])) {
  describe(`two releases in ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-releases-'));
    /** @type {Awaited<ReturnType<typeof serve>>} */
    let server;
    /** @type {TestBrowser} */
    let browser;
    before(async () => {
      assert.equal(build(join(folder, 'newer'), (protocol) => protocol + 1), 3, 'where the protocol stands');
      server = await serve({ ...FOLDERS, newer: join(folder, 'newer') });
      browser = await launch();
    });
    after(async () => {
      await browser?.close();
      await server?.close();
      rmSync(folder, { recursive: true });
    });

    /** @param {'dist' | 'newer'} release */
    const openPage = async (release) => {
      const { page } = await browser.open(server.url);
      await page.evaluate(async (from) => { Object.assign(globalThis, { from, millrace: await import(`/${from}/index.js`), events: [] }); }, release);
      return page;
    };
    /** What came of opening: the role, or the code of the error. @param {Awaited<ReturnType<typeof openPage>>} page @param {string} store @returns {Promise<string>} */
    const open = (page, store) => page.evaluate(async (asked) => {
      const tab = /** @type {any} */ (globalThis);
      try {
        tab.store = await tab.millrace.openStore({ name: asked, storage: 'opfs' });
        tab.store.subscribe((/** @type {any[]} */ batch) => tab.events.push(...batch));
        return (await tab.store.stats()).role;
      } catch (error) {
        return /** @type {any} */ (error).code;
      }
    }, store);

    test('M4_ a newer release takes the lead from an older one, which says so and touches nothing more', options, async () => {
      const [older, newer] = [await openPage('dist'), await openPage('newer')];
      assert.equal(await open(older, 'led by the older'), 'leader');
      await older.evaluate(async () => {
        const tab = /** @type {any} */ (globalThis);
        const session = await tab.store.sessions.create({ title: 'of the older' });
        await tab.store.messages.create(session.id, { role: 'user', parts: [{ type: 'text', text: 'kept' }] });
      }, undefined);
      assert.equal(await open(newer, 'led by the older'), 'leader');
      const said = await older.evaluate(async () => {
        const tab = /** @type {any} */ (globalThis);
        const code = await tab.store.sessions.create({ title: 'too late' }).then(() => 'done', (/** @type {any} */ error) => error.code);
        return [code, tab.events.filter((/** @type {any} */ event) => event.type === 'storage-error').map((/** @type {any} */ event) => event.error.code)];
      }, undefined);
      assert.equal(said[0], 'newer-schema');
      assert.ok(said[1].includes('newer-schema'), said[1]);
      const titles = await newer.evaluate(async () => {
        const { store } = /** @type {any} */ (globalThis);
        const sessions = await store.sessions.list();
        return [sessions.map((/** @type {any} */ session) => session.title), (await store.messages.list(sessions[0].id))[0].parts[0].text];
      }, undefined);
      assert.deepEqual(titles, [['of the older'], 'kept']);
      await older.close();
      await newer.close();
    });

    test('M4_ an older release does not open what a newer one leads', options, async () => {
      const [older, newer] = [await openPage('dist'), await openPage('newer')];
      assert.equal(await open(newer, 'led by the newer'), 'leader');
      assert.equal(await open(older, 'led by the newer'), 'newer-schema');
      assert.deepEqual(await newer.evaluate(async () => {
        const { store } = /** @type {any} */ (globalThis);
        await store.sessions.create({ title: 'goes on' });
        return [(await store.sessions.list()).length, (await store.stats()).role];
      }, undefined), [1, 'leader']);
      await older.close();
      await newer.close();
    });
  });
}
