// @ts-check
/** C3: the page's clock ends a wait, also while the Worker is too busy to answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withDeadline } from '../../dist/client/calls/deadline.js';
import { SharedStore } from '../../dist/client/shared-store.js';
import { StoreHandle } from '../../dist/client/store-handle.js';
import { FakeWorker } from './fake-worker.mjs';

/** A store whose Worker answers nothing. */
function busyStore() {
  const worker = new FakeWorker();
  const shared = new SharedStore(/** @type {any} */ (worker), {
    name: 'busy', storage: 'memory', windowMs: 33, mustDeliverTimeoutMs: 50, mailboxCapacity: 64,
  });
  shared.users = 1;
  return { worker, shared, store: new StoreHandle(shared, { storage: 'memory', recovered: [], fresh: false }) };
}

test('C3 flush, flushAll and close end at their deadline while the Worker is busy', async () => {
  const { worker, shared, store } = busyStore();
  await assert.rejects(store.flush('m', { timeoutMs: 1 }), { code: 'timeout' });
  await assert.rejects(store.flushAll({ timeoutMs: 1 }), { code: 'timeout' });
  await assert.rejects(store.close({ timeoutMs: 1 }), { code: 'timeout' });
  assert.equal(worker.terminated, false, 'the write goes on');
  assert.equal(shared.going, true, 'who opens it again waits');
});

test('C3 what is there before the deadline is the answer, and without one there is none', async () => {
  assert.equal(await withDeadline(60_000, Promise.resolve(1)), 1);
  assert.equal(await withDeadline(undefined, Promise.resolve(2)), 2);
  await assert.rejects(withDeadline(60_000, Promise.reject(new Error('failed'))), /failed/);
});
