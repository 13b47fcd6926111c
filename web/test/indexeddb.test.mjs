// @ts-check
/** What is particular to storage in IndexedDB, which storage 'auto' picks, and who else is there, in headless Chromium. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { launchChromium, openPage } from './support/chromium.mjs';
import { serve } from './support/server.mjs';
import { FOLDERS, stage } from './support/stage.mjs';
import { describeSpecs } from './support/suites.mjs';
import * as auto from './specs/auto.js';
import * as indexeddb from './specs/indexeddb.js';

const options = { timeout: 30_000 };

const chromium = stage(launchChromium);

describeSpecs(chromium, { indexeddb, auto }, { storages: ['indexeddb'] });

test('a second tab has the store of the first, whatever storage it asks for but another one', options, async () => {
  const pages = [(await openPage(chromium.browser.context, chromium.server.url)).page, (await openPage(chromium.browser.context, chromium.server.url)).page];
  const [first, second] = /** @type {[import('playwright-core').Page, import('playwright-core').Page]} */ (pages);
  const open = (/** @type {import('playwright-core').Page} */ page, /** @type {string} */ storage) => page.evaluate(async (asked) => {
    const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
    return openStore({ name: 'tabs', storage: asked }).then((/** @type {any} */ store) => store.storage, (/** @type {any} */ error) => error.code);
  }, storage);
  assert.equal(await open(first, 'indexeddb'), 'indexeddb');
  assert.deepEqual([await open(second, 'indexeddb'), await open(second, 'auto')], ['indexeddb', 'indexeddb']);
  await first.close();
  assert.equal(await open(second, 'indexeddb'), 'indexeddb');
  await second.close();
});

test('S5: at the real quota', options, async () => {
  // An origin of its own, and before anything is kept there: Chromium remembers for a while how much room there was.
  const own = await serve(FOLDERS);
  const { page } = await openPage(chromium.browser.context, own.url);
  const session = await chromium.browser.context.newCDPSession(page);
  const { origin } = new URL(own.url);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 2_000_000 });
  const full = await page.evaluate(async () => {
    const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
    const store = await openStore({ name: 'quota', storage: 'indexeddb' });
    Object.assign(globalThis, { store });
    for (let saved = 0; saved < 100; saved++) {
      const code = await store.sessions.create({ title: 'x'.repeat(100_000) }).then(() => '', (/** @type {any} */ error) => error.code);
      if (code !== '') return { code, saved, listed: (await store.sessions.list()).length };
    }
    return undefined;
  });
  assert.equal(full?.code, 'quota-exceeded');
  assert.equal(full.listed, full.saved);
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  const listed = await page.evaluate(async () => {
    const { store } = /** @type {any} */ (globalThis);
    await store.sessions.create({ title: 'room again' });
    await store.close();
    const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
    const again = await openStore({ name: 'quota', storage: 'indexeddb' });
    const found = (await again.sessions.list()).length;
    await again.close();
    return found;
  });
  assert.equal(listed, full.saved + 1);
  await page.close();
  await own.close();
});

/** What of Chromium's database says which of its files count. @param {string} profile */
function damageDatabases(profile) {
  const folder = join(profile, 'Default', 'IndexedDB');
  const manifests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /MANIFEST-\d+$/.test(path));
  assert.notEqual(manifests.length, 0);
  for (const manifest of manifests) writeFileSync(join(folder, manifest), 'damaged');
}

for (const storage of ['indexeddb', 'auto']) {
  test(`a store that the browser deleted as damaged: corrupt, once, for ${storage}`, options, async () => {
    const browser = await launchChromium();
    try {
      const open = async (/** @type {string} */ asked) => {
        const { page } = await openPage(browser.context, chromium.server.url);
        return page.evaluate(async (given) => {
          const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
          try {
            const store = await openStore({ name: 'damaged', storage: given });
            const before = (await store.sessions.list()).length;
            await store.sessions.create({ title: 'kept' });
            await store.close();
            return `${before} sessions`;
          } catch (error) {
            return `${/** @type {any} */ (error).code}: ${/** @type {Error} */ (error).message}`;
          }
        }, asked);
      };
      assert.equal(await open('indexeddb'), '0 sessions');
      assert.equal(await open(storage), '1 sessions');
      await browser.kill();
      damageDatabases(browser.profile);
      await browser.relaunch();
      assert.match(await open(storage), /^corrupt: The browser found its database damaged and deleted all .* the store "damaged" with it/);
      assert.equal(await open(storage), '0 sessions');
      assert.equal(await open(storage), '1 sessions');
    } finally {
      await browser.close();
    }
  });
}
