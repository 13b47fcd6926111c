// @ts-check
/** What a Worker asks the leader on its own, when there is no leader for too long (M2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OwnCalls } from '../../dist/worker/own-calls.js';

const ERROR = { code: /** @type {const} */ ('timeout'), message: 'nobody leads' };

/** @returns {{ calls: OwnCalls; said: any[]; heard: unknown[]; done: (...outcome: unknown[]) => void }} */
function setUp() {
  /** @type {any[]} */
  const said = [];
  /** @type {unknown[]} */
  const heard = [];
  return { calls: new OwnCalls((message) => said.push(message)), said, heard, done: (...outcome) => heard.push(outcome) };
}

test('M2_ a call about blobs is not left open', () => {
  const { calls, said, heard, done } = setUp();
  calls.call('blobInfo', ['a'], done);
  assert.equal(calls.tooLong({ type: 'reply', id: said[0].id, error: ERROR }), true);
  assert.deepEqual(heard, [[ERROR]]);
  // The leader's own answer comes late.
  assert.equal(calls.heard({ type: 'reply', id: said[0].id, value: undefined }), true);
  assert.equal(heard.length, 1);
});

test('M2_ what a stream writes and begins waits for a leader', () => {
  const { calls, said, heard, done } = setUp();
  calls.call('beginReply', [/** @type {any} */ ({})], done);
  const write = calls.ask(done);
  for (const id of [said[0].id, write]) assert.equal(calls.tooLong({ type: 'reply', id, error: ERROR }), true);
  assert.deepEqual(heard, []);
  assert.equal(calls.heard({ type: 'reply', id: write, value: 3 }), true);
  assert.deepEqual(heard, [[null, 3]]);
});

test('what the page asked is for the page', () => {
  const { calls } = setUp();
  assert.equal(calls.tooLong({ type: 'reply', id: 7, error: ERROR }), false);
});
