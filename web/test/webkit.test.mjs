// @ts-check
/** The specs in WebKitGTK, an engine without OPFS: 'auto' keeps the store in IndexedDB, and all works there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stage } from './support/stage.mjs';
import { describeInterruptions, describeSpecs, reloaded } from './support/suites.mjs';
import { launchWebKit } from './support/webkit.mjs';
import * as indexeddb from './specs/indexeddb.js';
import * as specs from './specs/index.js';

const timeout = 60_000;

const CUT = 'WebKitGTK takes a connection that breaks for the end of the body: the reply ends as unknown instead of error';
/** What is otherwise in this browser. @type {Readonly<Record<string, string>>} */
const OTHERWISE = {
  B7_aBusyListenerIsNotFlooded: "the IndexedDB of a Worker goes through its page's thread: while that is busy, commits wait",
  I4_networkErrorsKeepWhatHadArrived: CUT,
  goesOnWithAMessage: CUT,
};

const webkit = stage(launchWebKit);

test("S6: 'auto' falls back to IndexedDB and says so", { timeout }, async () => {
  const { page } = await webkit.browser.open(webkit.server.url);
  const storage = await page.evaluate(async (name) => {
    const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
    const store = await openStore({ name });
    const { storage: counted } = await store.stats();
    await store.close();
    return [store.storage, counted, await openStore({ name, storage: 'opfs' }).catch((/** @type {any} */ error) => error.code)];
  }, 'auto');
  assert.deepEqual(storage, ['indexeddb', 'indexeddb', 'storage-unavailable']);
});

describeSpecs(webkit, { ...specs, indexeddb }, { storages: ['indexeddb'], otherwise: OTHERWISE, timeout });

describeInterruptions(webkit, { storages: ['indexeddb'], interruptions: { reloaded }, timeout });
