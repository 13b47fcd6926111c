// @ts-check
/** Makes the tests of a browser out of the specs. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import * as lifecycle from '../specs/lifecycle.js';

/** @import { TestBrowser, TestPage } from './stage.mjs' */
/** @typedef {'opfs' | 'indexeddb' | 'memory'} Storage */
/** @typedef {{ readonly server: { url: string }; readonly browser: TestBrowser }} Stage */

/**
 * @param {TestPage} page
 * @param {string} module
 * @param {string} spec
 * @param {{ name: string; storage: Storage; phase?: number; keepOpen?: boolean }} options
 */
export function runSpec(page, module, spec, { name, storage, phase = 0, keepOpen = false }) {
  return page.evaluate(async (args) => {
    const { runSpec: run } = await import(/** @type {string} */ ('/support/page/context.js'));
    await run(args.module, args.spec, args.phase, args.options);
  }, { module: `/specs/${module}.js`, spec, phase, options: { name, storage, keepOpen } });
}

/**
 * A test of each spec on each storage; those of one module share a page.
 * @param {Stage} stage
 * @param {Readonly<Record<string, object>>} modules
 * @param {{ storages: readonly Storage[]; otherwise?: Readonly<Record<string, string>>; again?: RegExp; timeout?: number }} options
 *   `otherwise`: specs that do not hold in this browser, and why; `again`: an error of the browser's own that comes once in a
 *   great while: such a spec is played once more
 */
export function describeSpecs(stage, modules, { storages, otherwise = {}, again, timeout = 30_000 }) {
  for (const [module, specs] of Object.entries(modules)) {
    for (const storage of storages) {
      describe(`${module} on ${storage}`, () => {
        /** @type {Awaited<ReturnType<TestBrowser['open']>>} */
        let opened;
        before(async () => { opened = await stage.browser.open(stage.server.url); });
        after(() => opened.page.close());
        for (const spec of Object.keys(specs)) {
          if (spec in otherwise) continue;
          test(spec, { timeout }, async (context) => {
            const play = (/** @type {string} */ round) => runSpec(opened.page, module, spec, { name: `${storage}-${module}-${spec}${round}`, storage });
            await play('').catch((error) => {
              if (!again?.test(String(error))) throw error;
              context.diagnostic(`played again, after ${error}`);
              return play('-again');
            });
            assert.deepEqual(opened.troubles.splice(0), []);
          });
        }
      });
    }
  }
}

/** What can happen to a page, each giving the page after it. @typedef {Readonly<Record<string, (page: TestPage) => Promise<TestPage>>>} Interruptions */

/** @param {TestPage} page */
export async function reloaded(page) {
  await page.reload();
  return page;
}

/**
 * A test of each spec of several phases, for each of what can happen to the page in between.
 * @param {Stage} stage
 * @param {{ storages: readonly Storage[]; interruptions: Interruptions; timeout?: number }} options
 */
export function describeInterruptions(stage, { storages, interruptions, timeout = 30_000 }) {
  for (const storage of storages) {
    for (const [interruption, interrupt] of Object.entries(interruptions)) {
      describe(`S4: the page is ${interruption}, on ${storage}`, () => {
        for (const [spec, phases] of Object.entries(lifecycle)) {
          test(spec, { timeout }, async () => {
            let { page } = await stage.browser.open(stage.server.url);
            for (const phase of phases.keys()) {
              if (phase > 0) page = await interrupt(page);
              await runSpec(page, 'lifecycle', spec, { name: `${storage}-${interruption}-${spec}`, storage, phase, keepOpen: true });
            }
            await page.close();
          });
        }
      });
    }
  }
}

/** A test of a browser without OPFS. @param {Stage} stage @param {string} where @param {{ timeout?: number }} [options] */
export function testFallBack(stage, where, { timeout = 30_000 } = {}) {
  test(`S6: in ${where} 'auto' falls back to IndexedDB and says so`, { timeout }, async () => {
    const { page } = await stage.browser.open(stage.server.url);
    const storage = await page.evaluate(async (name) => {
      const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
      const store = await openStore({ name });
      const { storage: counted } = await store.stats();
      await store.close();
      return [store.storage, counted, await openStore({ name, storage: 'opfs' }).catch((/** @type {any} */ error) => error.code)];
    }, 'auto');
    assert.deepEqual(storage, ['indexeddb', 'indexeddb', 'storage-unavailable']);
    await page.close();
  });
}
