// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PageDraft } from '../../dist/client/drafts/draft.js';
import { MERGE_MS } from '../../dist/client/drafts/outbox.js';
import { assistantMessage, makePage } from './page.mjs';

/** @param {{ merging?: boolean }} [options] */
function setUp(options) {
  const page = makePage(options);
  return { ...page, draft: new PageDraft(page, assistantMessage(), 'writer') };
}

/** @param {any[]} messages */
const writes = (messages) => messages.map(({ type, version, mutations }) => ({ type, version, mutations }));

test('adjacent deltas of one kind are one mutation and one version', () => {
  const { worker, clock, draft } = setUp();
  for (const delta of ['a', '', 'b', 'c']) draft.appendText(delta);
  draft.appendReasoning('d');
  draft.appendText('e');
  clock.advance(MERGE_MS);
  assert.deepEqual(writes(worker.take()), [{
    type: 'write', version: 2, mutations: [
      { op: 'appendText', text: 'abc' }, { op: 'appendReasoning', text: 'd' }, { op: 'appendText', text: 'e' },
    ],
  }]);
  assert.equal(draft.message.version, 4);
});

test('C12: with a window of 0 every delta is a version, and those of a turn leave together', async () => {
  const { worker, draft } = setUp({ merging: false });
  draft.appendText('a');
  draft.appendText('b');
  await undefined;
  draft.appendText('c');
  await undefined;
  assert.deepEqual(writes(worker.take()), [
    { type: 'write', version: 2, mutations: [{ op: 'appendText', text: 'a' }, { op: 'appendText', text: 'b' }] },
    { type: 'write', version: 4, mutations: [{ op: 'appendText', text: 'c' }] },
  ]);
});

test('inputs of different tool calls are not merged', () => {
  const page = makePage();
  const call = { type: /** @type {const} */ ('tool_call'), name: 'f', input: '', finished: false };
  const draft = new PageDraft(page, assistantMessage({ parts: [{ ...call, id: 'x' }, { ...call, id: 'y' }] }), 'writer');
  draft.appendToolInput('x', '1');
  draft.appendToolInput('y', '2');
  draft.appendToolInput('y', '3');
  page.outbox.flush();
  assert.deepEqual(page.worker.take()[0].mutations.map((/** @type {any} */ m) => m.toolCallId + m.text), ['x1', 'y23']);
  assert.throws(() => draft.appendToolInput('z', '4'), { code: 'not-found' });
  assert.throws(() => draft.appendToolInput('z', ''), { code: 'not-found' });
});

test('a change takes the deltas before it along, in order, and at once', async () => {
  const { worker, clock, draft } = setUp();
  draft.appendText('a');
  const changed = draft.putToolCall({ id: 't', name: 'f' });
  const sent = writes(worker.sent);
  assert.deepEqual(sent.map(({ version, mutations }) => [version, mutations[0].op]), [[2, 'appendText'], [3, 'putToolCall']]);
  worker.reply(3);
  await changed;
  worker.take();
  clock.advance(MERGE_MS);
  assert.deepEqual(worker.take(), []);
});

test('a change that changes nothing is not sent as one: it waits for what was written before', async () => {
  const { worker, draft } = setUp();
  const reset = draft.reset();
  assert.deepEqual(worker.sent.map(({ method }) => method), ['flush']);
  worker.reply(undefined);
  await reset;
  assert.equal(draft.message.version, 1);
});

test('snapshots: the same object until something changes, unchanged parts keep their identity', () => {
  const { draft } = setUp();
  draft.appendReasoning('a');
  draft.appendText('b');
  const before = draft.message;
  assert.equal(draft.message, before);
  draft.appendText('c');
  const after = draft.message;
  assert.notEqual(after, before);
  assert.equal(after.parts[0], before.parts[0]);
  assert.deepEqual([before.parts[1], after.parts[1]], [{ type: 'text', text: 'b' }, { type: 'text', text: 'bc' }]);
  assert.ok(Object.isFrozen(after) && Object.isFrozen(after.parts) && Object.isFrozen(after.parts[1]));
});

test('a part given to addPart stays the caller\'s', async () => {
  const { worker, draft } = setUp();
  const part = { type: /** @type {const} */ ('custom'), name: 'note', data: { n: 1 } };
  const added = draft.addPart(part);
  part.data.n = 2;
  assert.deepEqual(draft.message.parts, [{ type: 'custom', name: 'note', data: { n: 1 } }]);
  assert.ok(!Object.isFrozen(part));
  worker.reply(2);
  await added;
});

test('after finish the deltas throw and the changes reject; the draft shows what was stored', async () => {
  const { worker, drafts, draft } = setUp();
  const finished = draft.finish('max_tokens');
  assert.throws(() => draft.appendText('x'), { code: 'finished' });
  assert.throws(() => draft.appendText(''), { code: 'finished' });
  await assert.rejects(draft.reset(), { code: 'finished' });
  worker.reply(2);
  await new Promise(setImmediate);
  const stored = assistantMessage({ version: 2, finishedAt: 77, parts: [{ type: 'finish', reason: 'max_tokens', time: 77 }] });
  worker.reply(stored);
  await finished;
  assert.deepEqual(draft.message, stored);
  assert.equal(drafts.size, 0);
});

test('a refused write is reported by the next call, and nothing more is sent', async () => {
  const { worker, outbox, draft } = setUp();
  draft.appendText('a');
  outbox.flush();
  const [{ writer }] = worker.take();
  worker.say({ type: 'write-failed', messageId: 'm', writer, error: { code: 'stale', message: 'changed elsewhere' } });
  assert.throws(() => draft.appendText('b'), { code: 'stale', message: 'changed elsewhere' });
  await assert.rejects(draft.finish(), { code: 'stale' });
  await assert.rejects(draft.flush(), { code: 'stale' });
  outbox.flush();
  assert.deepEqual(worker.take(), []);
});

test('a wrong argument is taken back, and the draft goes on', async () => {
  const { worker, outbox, draft } = setUp();
  draft.appendText('a');
  const before = draft.message;
  const added = draft.addPart(/** @type {any} */ ({ type: 'nonsense' }));
  const { id } = worker.sent.at(-1);
  worker.say({ type: 'reply', id, error: { code: 'invalid-argument', message: 'no such part' } });
  await undefined;
  draft.appendText('written meanwhile');
  const asked = worker.sent.at(-1);
  assert.equal(asked.method, 'getMessage');
  worker.say({ type: 'reply', id: asked.id, value: before });
  await assert.rejects(added, { code: 'invalid-argument' });
  assert.deepEqual(draft.message.parts, [{ type: 'text', text: 'awritten meanwhile' }]);
  worker.take();
  draft.appendText('b');
  outbox.flush();
  assert.deepEqual(writes(worker.take()), [{ type: 'write', version: 3, mutations: [{ op: 'appendText', text: 'written meanwhileb' }] }]);
});

test('C6: what others changed is shown below what was written since', async () => {
  const { worker, drafts, outbox, draft } = setUp();
  draft.appendText('a');
  outbox.flush();
  const [write] = worker.take();
  assert.equal(write.others, 0);
  // Two versions of others are under it, as the Worker says when the write does not make the version that it expected.
  drafts.othersWrote(draft.writer);
  const [asked] = worker.take();
  assert.equal(asked.method, 'getMessage');
  draft.appendText('b');
  await draft.refresh(); // asks no second time
  assert.deepEqual(worker.take(), []);
  const newest = assistantMessage({ version: 4, model: 'named', parts: [{ type: 'text', text: 'others a' }] });
  worker.say({ type: 'reply', id: asked.id, value: newest });
  await undefined;
  await undefined;
  assert.deepEqual([draft.message.model, draft.message.parts], ['named', [{ type: 'text', text: 'others ab' }]]);
  outbox.flush();
  assert.deepEqual(worker.take().map(({ version, others }) => [version, others]), [[3, 2]]);
  drafts.heard({ ...newest, version: 5 });
  assert.deepEqual(worker.take(), [], 'nothing of others is in it');
  drafts.heard({ ...newest, version: 6 });
  assert.equal(worker.take()[0].method, 'getMessage');
});

test('C6: an update that is refused does not hide one that was not', async () => {
  const { worker, connection, drafts, draft } = setUp();
  const [first, second] = ['updateMessage', 'updateMessage'].map((method) => {
    const accepted = connection.call(/** @type {any} */ (method), /** @type {any} */ (assistantMessage()));
    drafts.changed(draft.id, accepted);
    return accepted;
  });
  const [one, two] = worker.take();
  const named = assistantMessage({ version: 2, model: 'named' });
  worker.say({ type: 'reply', id: one.id, value: named });
  worker.say({ type: 'reply', id: two.id, error: { code: 'stale', message: 'older' } });
  await first;
  await assert.rejects(/** @type {Promise<unknown>} */ (second), { code: 'stale' });
  await undefined;
  const asked = worker.sent.at(-1);
  assert.equal(asked.method, 'getMessage');
  worker.say({ type: 'reply', id: asked.id, value: named });
  await undefined;
  await undefined;
  assert.equal(draft.message.model, 'named');
});

test('a save that failed does not end the draft: the core goes on trying', async () => {
  const { worker, draft } = setUp();
  const put = draft.putToolCall({ id: 't', name: 'f' });
  const { id } = worker.sent.at(-1);
  worker.say({ type: 'reply', id, error: { code: 'quota-exceeded', message: 'full' } });
  await assert.rejects(put, { code: 'quota-exceeded' });
  draft.appendToolInput('t', '{}');
  assert.equal(draft.message.version, 3);
});

test('deleted meanwhile: not-found', async () => {
  const { drafts, draft } = setUp();
  drafts.deleted(({ id }) => id === 'm');
  assert.throws(() => draft.appendText('x'), { code: 'not-found' });
  await assert.rejects(draft.finish(), { code: 'not-found' });
  assert.equal(drafts.size, 0);
});
