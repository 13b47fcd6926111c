// @ts-check
/** What a page says in one turn crosses as one message. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makePage } from './page.mjs';

test('calls of one turn travel in one message, in their order', async () => {
  const { worker, connection } = makePage();
  const calls = [connection.call('deleteSession', 'a'), connection.call('deleteSession', 'b')];
  connection.post({ type: 'subscribe', filters: [{}] });
  await undefined;
  assert.deepEqual(worker.parcels, [3]);
  assert.deepEqual(worker.sent.map(({ type, args }) => args?.[0] ?? type), ['a', 'b', 'subscribe']);
  connection.end(/** @type {any} */ (new Error('over')));
  await Promise.allSettled(calls);
});

test('an argument is copied when the call is made; one that cannot be copied fails alone', async () => {
  const { worker, connection } = makePage();
  const init = { id: 'a', title: 'as it was' };
  const kept = connection.call('createSession', init);
  init.title = 'changed';
  const refused = connection.call('updateSession', 'a', { title: () => 1 });
  await assert.rejects(refused, { code: 'invalid-argument' });
  assert.deepEqual(worker.sent.map(({ method, args }) => [method, args[0].title]), [['createSession', 'as it was']]);
  connection.end(/** @type {any} */ (new Error('over')));
  await Promise.allSettled([kept]);
});
