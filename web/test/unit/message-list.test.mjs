// @ts-check
/** How events change a list of messages, and when they do not say enough. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterEvents, versionsOf } from '../../dist/live/message-list.js';
import { assistantMessage } from './page.mjs';

/** @param {string} id @param {number} [version] */
const message = (id, version = 1) => assistantMessage({ id, version });
/** @param {string[]} ids @param {boolean} [hasEarlier] @param {ReturnType<typeof versionsOf>} [versions] */
const list = (ids, hasEarlier = false, versions = new Map()) => ({ messages: ids.map((id) => message(id, 2)), hasEarlier, versions });
/** @param {string} id @param {number} version */
const updated = (id, version) => /** @type {const} */ ({ type: 'updated', message: message(id, version), terminal: false, saved: true });
/** @param {string[]} messageIds */
const deleted = (...messageIds) => /** @type {const} */ ({ type: 'deleted', sessionId: 's', messageIds });
/** @param {ReturnType<typeof afterEvents>} after */
const idsOf = (after) => after?.messages.map(({ id }) => id).join(' ');

test('an event that is older than what was read, or as old, changes nothing', () => {
  const before = list(['a', 'b']);
  assert.equal(afterEvents(before, [updated('a', 1), updated('b', 2), { type: 'created', message: message('a', 1) }]), before);
  const after = afterEvents(before, [updated('a', 3)]);
  assert.equal(after?.messages[0]?.version, 3);
  assert.equal(after?.messages[1], before.messages[1]);
});

test('what is created comes last, once; what is not held and changes comes before', () => {
  const event = /** @type {const} */ ({ type: 'created', message: { ...message('c'), parentId: 'b' } });
  assert.equal(idsOf(afterEvents(list(['a', 'b'], true), [event, event, updated('earlier', 9)])), 'a b c');
});

test('what begins a branch, or shows another one, leads to a new read', () => {
  const event = /** @type {const} */ ({ type: 'created', message: { ...message('c'), parentId: 'a' } });
  assert.equal(afterEvents(list(['a', 'b']), [event]), undefined);
  const head = (/** @type {string} */ headId) => /** @type {any} */ ({ type: 'session-updated', session: { headId } });
  assert.equal(afterEvents(list(['a', 'b']), [head('c')]), undefined);
  assert.equal(idsOf(afterEvents(list(['a', 'b']), [head('b')])), 'a b');
});

test('a delete of what is not held leaves open whether there are messages before, and who has versions', () => {
  assert.equal(afterEvents(list(['a', 'b'], true), [deleted('earlier')]), undefined);
  assert.equal(afterEvents(list(['a', 'b']), [deleted('hidden')]), undefined);
  assert.equal(idsOf(afterEvents(list(['a', 'b'], true), [deleted('a')])), 'b');
});

test('where messages have versions, a delete may give them others', () => {
  const versions = versionsOf(list(['a', 'c']).messages, [{ parentId: 'a', messageIds: ['b', 'c'] }, { parentId: 'b', messageIds: ['d', 'e'] }]);
  assert.deepEqual([...versions], [['c', { messageIds: ['b', 'c'], index: 1 }]]);
  assert.equal(afterEvents(list(['a', 'c'], false, versions), [deleted('a')]), undefined);
  assert.equal(afterEvents(list(['a', 'c'], false, versions), [updated('c', 3)])?.versions, versions);
});

test('where all that was held is gone and there are others before, they are read', () => {
  assert.equal(afterEvents(list(['a'], true), [deleted('a')]), undefined);
  assert.equal(idsOf(afterEvents(list(['a']), [deleted('a')])), '');
});
