// @ts-check
/** Runs the specs in headless Chromium: each on OPFS, in IndexedDB and in memory, those of several phases where something lasts. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crash, launchChromium, openPage } from './support/chromium.mjs';
import { serve } from './support/server.mjs';
import * as drafts from './specs/drafts.js';
import * as events from './specs/events.js';
import * as ingest from './specs/ingest.js';
import * as lifecycle from './specs/lifecycle.js';
import * as rates from './specs/rates.js';
import * as reading from './specs/reading.js';
import * as search from './specs/search.js';
import * as stores from './specs/stores.js';
import * as transfer from './specs/transfer.js';

/** @import { Page } from 'playwright-core' */

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const TIMEOUT_MS = 30_000;

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let browser;

before(async () => {
  server = await serve({ dist: here('../dist'), specs: here('specs'), support: here('support') });
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  await server?.close();
});

/**
 * @param {Page} page
 * @param {string} module
 * @param {string} spec
 * @param {{ name: string; storage: 'opfs' | 'indexeddb' | 'memory'; phase?: number; keepOpen?: boolean }} options
 */
function runInPage(page, module, spec, { name, storage, phase = 0, keepOpen = false }) {
  return page.evaluate(async (args) => {
    const { runSpec } = await import(/** @type {string} */ ('/support/page/context.js'));
    await runSpec(args.module, args.spec, args.phase, args.options);
  }, { module: `/specs/${module}.js`, spec, phase, options: { name, storage, keepOpen } });
}

for (const [module, specs] of Object.entries({ drafts, events, reading, ingest, search, stores, transfer, rates })) {
  for (const storage of /** @type {const} */ (['opfs', 'indexeddb', 'memory'])) {
    describe(`${module} on ${storage}`, () => {
      /** @type {Awaited<ReturnType<typeof openPage>>} */
      let opened;
      before(async () => { opened = await openPage(browser.context, server.url); });
      after(() => opened.page.close());
      for (const spec of Object.keys(specs)) {
        test(spec, { timeout: TIMEOUT_MS }, async () => {
          await runInPage(opened.page, module, spec, { name: `${storage}-${module}-${spec}`, storage });
          assert.deepEqual(opened.troubles.splice(0), []);
        });
      }
    });
  }
}

/** What happens to the page between two phases. @type {Readonly<Record<string, (page: Page) => Promise<Page>>>} */
const INTERRUPTIONS = {
  async reloaded(page) {
    await page.reload();
    return page;
  },
  async crashed(page) {
    const { context } = browser;
    await crash(page);
    return (await openPage(context, server.url)).page;
  },
  async closed(page) {
    const { context } = browser;
    await page.close();
    return (await openPage(context, server.url)).page;
  },
};

for (const storage of /** @type {const} */ (['opfs', 'indexeddb'])) {
  for (const [interruption, interrupt] of Object.entries(INTERRUPTIONS)) {
    describe(`S4: the page is ${interruption}, on ${storage}`, () => {
      for (const [spec, phases] of Object.entries(lifecycle)) {
        test(spec, { timeout: TIMEOUT_MS }, async () => {
          let { page } = await openPage(browser.context, server.url);
          for (const phase of phases.keys()) {
            if (phase > 0) page = await interrupt(page);
            await runInPage(page, 'lifecycle', spec, { name: `${storage}-${interruption}-${spec}`, storage, phase, keepOpen: true });
          }
          await page.close();
        });
      }
    });
  }
}
