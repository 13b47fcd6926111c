// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Subscription } from '../../dist/client/events/subscription.js';
import { assistantMessage, makePage } from './page.mjs';

/** @import { StoreEvent } from '../../dist/index.js' */
/** @import { PatchOp } from '../../dist/core-module.js' */

function setUp() {
  const { worker, connection } = makePage();
  const subscription = new Subscription(connection, () => undefined);
  /** @param {Parameters<Subscription['subscribe']>[1]} [filter] */
  const listen = (filter = {}) => {
    /** @type {StoreEvent[][]} */
    const heard = [];
    const end = subscription.subscribe((events) => void heard.push([...events]), filter);
    return { heard, end };
  };
  return { worker, subscription, listen };
}

/** @param {number} fromVersion @param {PatchOp[]} ops @param {boolean} [finished] */
const patched = (fromVersion, ops, finished = false) => /** @type {const} */ ({
  type: 'updated', id: 'm', sessionId: 's', terminal: finished, saved: true, finished,
  patch: { fromVersion, toVersion: fromVersion + 1, updatedAt: 5, ops },
});
/** @param {number} part @param {string} text @returns {PatchOp} */
const append = (part, text) => ({ op: 'append', part, text });
/** @param {string} text @returns {PatchOp} */
const putText = (text) => ({ op: 'put', part: 0, value: { type: 'text', text }, keepBody: false });
const created = () => /** @type {const} */ ({ type: 'created', message: assistantMessage() });

/** @param {StoreEvent | undefined} event @returns {any} */
const asUpdated = (event) => event;

test('B7: batches are given back when the listeners are through with all that the page may be sent', () => {
  const { worker, subscription, listen } = setUp();
  listen();
  assert.deepEqual(worker.take(), [{ type: 'subscribe', filters: [{}] }]);
  const leave = subscription.subscribe(() => assert.deepEqual(worker.take(), []), {});
  subscription.receive([created()]);
  assert.deepEqual(worker.take(), []);
  subscription.receive([created()]);
  assert.deepEqual(worker.take(), [{ type: 'credit', count: 2 }]);
  assert.equal(subscription.notifications, 4);
  leave();
});

test('B7: what was sent for an earlier subscription is not given back', () => {
  const { worker, subscription, listen } = setUp();
  const first = listen();
  subscription.receive([created()]);
  first.end();
  listen();
  worker.take();
  subscription.receive([created()]);
  assert.deepEqual(worker.take(), []);
  subscription.receive([created()]);
  assert.deepEqual(worker.take(), [{ type: 'credit', count: 2 }]);
});

test('B4: whoever lost something is told, whatever types it wants to hear', () => {
  const { subscription, listen } = setUp();
  const { heard } = listen({ types: ['deleted'] });
  subscription.receive([{ type: 'lagged', dropped: 1, messageIds: [] }, { type: 'storage-recovered' }]);
  assert.deepEqual(heard.flat().map(({ type }) => type), ['lagged']);
  assert.equal(subscription.listenerCount, 1);
});

test('the page subscribes with its first listener and unsubscribes with its last', () => {
  const { worker, subscription, listen } = setUp();
  const [a, b] = [listen(), listen()];
  a.end();
  a.end();
  assert.deepEqual(worker.take(), [{ type: 'subscribe', filters: [{}] }]);
  b.end();
  assert.deepEqual(worker.take(), [{ type: 'unsubscribe' }]);
  subscription.receive([created()]);
  assert.deepEqual([a.heard, b.heard, worker.take()], [[], [], []]);
});

test('appended: what a listener has not seen yet, in UTF-16 units, when nothing else changed', () => {
  const { subscription, listen } = setUp();
  const { heard } = listen();
  subscription.receive([created()]);
  subscription.receive([patched(1, [putText('😀')])]);
  subscription.receive([patched(2, [append(0, 'ab'), append(0, 'c')])]);
  const late = listen();
  subscription.receive([patched(3, [append(0, 'd')])]);
  const [, put, grown, last] = heard.flat().map(asUpdated);
  assert.equal(put.appended, undefined);
  assert.deepEqual(grown.appended, [{ part: 0, offset: 2, text: 'ab' }, { part: 0, offset: 4, text: 'c' }]);
  assert.deepEqual(last.appended, [{ part: 0, offset: 5, text: 'd' }]);
  assert.equal(last.message.parts[0].text, '😀abcd');
  assert.equal(asUpdated(late.heard[0]?.[0]).appended, undefined);
  assert.equal(asUpdated(late.heard[0]?.[0]).message, last.message);
});

test('a patch that does not fit shows nothing: the page asks for the whole message', () => {
  const { worker, subscription, listen } = setUp();
  const { heard } = listen();
  subscription.receive([created()]);
  worker.take();
  subscription.receive([patched(5, [append(0, 'x')])]);
  assert.deepEqual(worker.take(), [{ type: 'forget', messageId: 'm' }, { type: 'credit', count: 2 }]);
  subscription.receive([patched(1, [append(7, 'x')])]);
  assert.deepEqual(worker.take(), [{ type: 'forget', messageId: 'm' }]);
  assert.equal(heard.length, 1);
  const message = assistantMessage({ version: 9, parts: [{ type: 'text', text: 'whole' }] });
  subscription.receive([{ type: 'updated', id: 'm', sessionId: 's', terminal: false, saved: true, finished: false, message }]);
  assert.deepEqual(asUpdated(heard[1]?.[0]).message, message);
});

test('a finished message is held no more, and so is a deleted one', () => {
  const { worker, subscription, listen } = setUp();
  listen();
  subscription.receive([created(), patched(1, [putText('a')], true)]);
  worker.take();
  subscription.receive([patched(2, [append(0, 'b')])]);
  assert.equal(worker.take()[0].type, 'forget');
  subscription.receive([created(), { type: 'deleted', sessionId: 's', messageIds: ['m'] }]);
  worker.take();
  subscription.receive([patched(1, [putText('b')])]);
  assert.equal(worker.take()[0].type, 'forget');
});

test('filters: by session, by message, by type', () => {
  const { subscription, listen } = setUp();
  const all = listen();
  const session = listen({ sessionId: 's' });
  const other = listen({ sessionId: 'other' });
  const message = listen({ messageId: 'm' });
  const types = listen({ types: ['deleted', 'session-deleted'] });
  subscription.receive([
    created(),
    { type: 'session-updated', session: { id: 's', title: '', messageCount: 0, promptTokens: 0, completionTokens: 0, archived: false, cost: 0, createdAt: 1, updatedAt: 1 } },
    { type: 'deleted', sessionId: 's', messageIds: ['m', 'n'] },
    { type: 'session-deleted', sessionId: 's' },
    { type: 'storage-recovered' },
  ]);
  const names = (/** @type {{ heard: StoreEvent[][] }} */ { heard }) => heard.flat().map(({ type }) => type);
  assert.deepEqual(names(all), ['created', 'session-updated', 'deleted', 'session-deleted', 'storage-recovered']);
  assert.deepEqual(names(session), names(all));
  assert.deepEqual(names(other), ['storage-recovered']);
  assert.deepEqual(names(message), ['created', 'deleted', 'storage-recovered']);
  assert.deepEqual(names(types), ['deleted', 'session-deleted']);
});

test('B6: a listener that throws is reported and stops nobody; one may leave or join inside another', async (context) => {
  const { worker, subscription, listen } = setUp();
  /** @type {unknown[]} */
  const reported = [];
  const { queueMicrotask } = globalThis;
  globalThis.queueMicrotask = (report) => { try { report(); } catch (error) { reported.push(error); } };
  context.after(() => { globalThis.queueMicrotask = queueMicrotask; });
  subscription.subscribe(() => { throw new Error('listener'); }, {});
  /** @type {StoreEvent[][] | undefined} */
  let joined;
  const second = subscription.subscribe(() => {
    third.end();
    joined ??= listen().heard;
  }, {});
  const third = listen();
  const fourth = listen();
  subscription.receive([created()]);
  second();
  assert.deepEqual(reported.map(String), ['Error: listener']);
  assert.equal(third.heard.length, 0);
  assert.equal(fourth.heard.length, 1);
  assert.deepEqual(joined, []);
  subscription.receive([created()]);
  assert.equal(worker.take().at(-1).type, 'credit');
});

test('C15: what a listener does to an event reaches nobody else', () => {
  const { subscription, listen } = setUp();
  subscription.subscribe((events) => {
    const message = asUpdated(events[0]).message;
    assert.throws(() => { message.parts.push({}); }, TypeError);
    assert.throws(() => { message.version = 99; }, TypeError);
    assert.throws(() => { asUpdated(events[0]).message = undefined; }, TypeError);
    /** @type {StoreEvent[]} */ (events).length = 0;
  }, {});
  const { heard } = listen();
  subscription.receive([created()]);
  assert.equal(heard[0]?.length, 1);
});

test('B1: the Worker is told what the listeners want, all of them together', () => {
  const { worker, subscription, listen } = setUp();
  const filters = () => worker.take().map((/** @type {any} */ message) => message.filters ?? message.type);
  const ofSession = listen({ sessionId: 's' });
  const again = listen({ sessionId: 's', types: undefined });
  assert.deepEqual(filters(), [[{ sessionId: 's' }]], 'the same twice is told once');
  const ofTypes = listen({ messageId: 'm', types: ['updated', 'created'] });
  assert.deepEqual(filters(), [[{ sessionId: 's' }, { messageId: 'm', types: ['created', 'updated'] }]]);
  const all = listen();
  assert.deepEqual(filters(), [[{}]]);
  all.end();
  ofSession.end();
  again.end();
  assert.deepEqual(filters(), [[{ sessionId: 's' }, { messageId: 'm', types: ['created', 'updated'] }], [{ messageId: 'm', types: ['created', 'updated'] }]]);
  ofTypes.end();
  assert.deepEqual(filters(), ['unsubscribe']);
  const many = Array.from({ length: 40 }, (_, n) => listen({ sessionId: `s${n}` }));
  assert.deepEqual(filters().at(-1), [{}], 'so many that looking through them would cost more');
  for (const { end } of many) end();
  assert.equal(subscription.listenerCount, 0);
});

test('B1: a message whose updates nobody wants is not held', () => {
  const { worker, subscription, listen } = setUp();
  listen({ types: ['created'] });
  subscription.receive([created()]);
  worker.take();
  const { heard } = listen({ types: ['updated'] });
  worker.take();
  subscription.receive([patched(1, [putText('a')])]);
  assert.deepEqual(worker.take()[0], { type: 'forget', messageId: 'm' }, 'it has to come whole');
  subscription.receive([{ type: 'updated', id: 'm', sessionId: 's', terminal: false, saved: true, finished: false, message: assistantMessage({ version: 2 }) }]);
  assert.equal(heard.flat().length, 1);
});

test('C15: data and bytes of a part are each listener\'s own, or cannot be changed', () => {
  const { subscription, listen } = setUp();
  const { heard } = listen();
  const bytes = Uint8Array.of(1, 2, 3);
  const parts = [{ type: /** @type {const} */ ('binary'), mimeType: 'x/y', data: bytes }, { type: /** @type {const} */ ('custom'), name: 'n', data: { deep: [{ a: 1 }] } }];
  subscription.receive([{ type: 'created', message: assistantMessage({ parts }) }, { type: 'deleted', sessionId: 's', messageIds: ['other'] }]);
  const [event, deleted] = heard.flat();
  const [binary, custom] = /** @type {any} */ (event).message.parts;
  binary.data[0] = 9;
  assert.deepEqual([...binary.data], [1, 2, 3]);
  assert.throws(() => { custom.data.deep[0].a = 2; }, TypeError);
  assert.throws(() => { custom.data.deep.push(2); }, TypeError);
  assert.throws(() => { /** @type {any} */ (deleted).messageIds.push('m'); }, TypeError);
  assert.deepEqual(structuredClone(binary), { type: 'binary', mimeType: 'x/y', data: bytes }, 'it can be handed on');
});
