// @ts-check
import { deepEqual, equal, ok, rejects, throws } from '../support/page/assert.js';
import { finishOf, listen, startReply, textOf, until } from '../support/page/context.js';
import { randomFrom } from '../support/page/random.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Draft } from '../../dist/index.js' */

const HOUR = 3_600_000;

/** @type {Spec} */
export async function writesEveryKindOfPart({ open }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  draft.appendReasoning('Think');
  draft.appendReasoning('ing.');
  await draft.finishReasoning('sig');
  draft.appendText('Hello, ');
  draft.appendText('world');
  await draft.putToolCall({ id: 'a', name: 'weather' });
  await draft.putToolCall({ id: 'b', name: 'time', providerExecuted: true });
  draft.appendToolInput('a', '{"city":');
  draft.appendToolInput('b', '{}');
  draft.appendToolInput('a', '"Bonn"}');
  await draft.finishToolCall('a');
  await draft.finishToolCall('b');
  await draft.addPart({ type: 'tool_result', toolCallId: 'a', name: 'weather', content: 'rain', isError: true, metadata: 'm' });
  await draft.addPart({ type: 'image_url', url: 'https://example.org/a.png', detail: 'low' });
  await draft.addPart({ type: 'binary', mimeType: 'image/png', data: Uint8Array.of(0, 128, 255), path: 'a.png' });
  await draft.addPart({ type: 'shell_command', command: 'ls', output: 'a\n', exitCode: 2 });
  await draft.addPart({ type: 'custom', name: 'note', data: { deep: [1, 'two', null, { three: true }] } });
  draft.appendText('Bye');
  await draft.finish('max_tokens', { message: 'long', details: 'too long' });

  const message = await store.messages.get(draft.id);
  ok(message, 'the message is there');
  const parts = message.parts.map((part) => ({ ...part }));
  const [reasoning] = parts;
  ok(reasoning?.type === 'reasoning' && typeof reasoning.startedAt === 'number' && typeof reasoning.finishedAt === 'number', 'reasoning has its times');
  delete reasoning.startedAt;
  delete reasoning.finishedAt;
  deepEqual(parts, [
    { type: 'reasoning', text: 'Thinking.', signature: 'sig' },
    { type: 'text', text: 'Hello, world' },
    { type: 'tool_call', id: 'a', name: 'weather', input: '{"city":"Bonn"}', finished: true },
    { type: 'tool_call', id: 'b', name: 'time', input: '{}', finished: true, providerExecuted: true },
    { type: 'tool_result', toolCallId: 'a', name: 'weather', content: 'rain', isError: true, metadata: 'm' },
    { type: 'image_url', url: 'https://example.org/a.png', detail: 'low' },
    { type: 'binary', mimeType: 'image/png', data: Uint8Array.of(0, 128, 255), path: 'a.png' },
    { type: 'shell_command', command: 'ls', output: 'a\n', exitCode: 2 },
    { type: 'custom', name: 'note', data: { deep: [1, 'two', null, { three: true }] } },
    { type: 'text', text: 'Bye' },
    { type: 'finish', reason: 'max_tokens', time: message.finishedAt, message: 'long', details: 'too long' },
  ]);
  deepEqual(draft.message, message, 'the draft shows what is stored:');
  equal(message.sessionId, session.id);
  equal(message.model, 'test-model');
}

/** @type {Spec} */
export async function keepsEmojiWholeHoweverTheDeltasAreCut({ open }) {
  const store = await open();
  const { draft } = await startReply(store);
  const text = '👩‍👩‍👧‍👦 family, 🇩🇪 flag, e\u0301, 漢字, 😀'.repeat(20);
  for (let at = 0; at < text.length; at++) draft.appendText(text[at] ?? '');
  draft.appendText('\ud83d');
  await draft.finish();
  equal(textOf(await store.messages.get(draft.id, { committed: true })), `${text}\ufffd`);
}

/** Two texts at once, parts that are replaced by their id, and what else a part can carry. @type {Spec} */
export async function partsAreFoundByTheirId({ open }) {
  const store = await open();
  const { draft } = await startReply(store);
  const heard = listen(store, { messageId: draft.id });
  draft.appendText('One \ud83d', { part: 'a' });
  draft.appendText('Two ', { part: 'b' });
  draft.appendReasoning('why', { part: 'a' });
  draft.appendText('\ude00', { part: 'a' });
  draft.appendText('more', { part: 'b' });
  await draft.finishReasoning('sig', { part: 'a' });
  await draft.addPart({ type: 'custom', name: 'data-weather', data: { t: 1 }, id: 'w' });
  await draft.putToolCall({ id: 'c', name: 'rm', input: '{}', finished: true, approval: { id: 'q' } });
  await draft.putToolCall({ id: 'c', name: 'rm', input: '{}', finished: true, approval: { id: 'q', approved: false, reason: 'no' } });
  await draft.addPart({ type: 'tool_result', toolCallId: 'c', name: 'rm', content: '10 %', preliminary: true });
  await draft.addPart({ type: 'file', mediaType: 'image/png', name: 'a.png', size: 0, url: 'https://x.test/a.png', extra: { alt: 'a' } });
  await draft.addPart({ type: 'custom', name: 'data-weather', data: { t: 2 }, id: 'w' });
  await draft.addPart({ type: 'tool_result', toolCallId: 'c', name: 'rm', content: 'done' });
  const expected = [
    { type: 'text', text: 'One 😀', id: 'a' },
    { type: 'text', text: 'Two more', id: 'b' },
    { type: 'reasoning', text: 'why', signature: 'sig', id: 'a' },
    { type: 'custom', name: 'data-weather', data: { t: 2 }, id: 'w' },
    { type: 'tool_call', id: 'c', name: 'rm', input: '{}', finished: true, approval: { id: 'q', approved: false, reason: 'no' } },
    { type: 'tool_result', toolCallId: 'c', name: 'rm', content: 'done' },
    { type: 'file', mediaType: 'image/png', name: 'a.png', size: 0, url: 'https://x.test/a.png', extra: { alt: 'a' } },
  ];
  deepEqual(withoutTimes(draft.message.parts), expected, 'the draft:');
  deepEqual(withoutTimes((await store.messages.get(draft.id))?.parts ?? []), expected, 'stored:');
  await until(() => {
    const last = heard.events.at(-1);
    return last?.type === 'updated' && JSON.stringify(withoutTimes(last.message.parts)) === JSON.stringify(expected);
  });

  await draft.reset({ from: 2 });
  draft.appendText('!', { part: 'b' });
  await draft.finish();
  const message = await store.messages.get(draft.id);
  deepEqual(message?.parts.map((part) => ('text' in part ? part.text : part.type)), ['One 😀', 'Two more!', 'finish']);
  // A whole message that comes back keeps all of it.
  await store.messages.update(/** @type {import('../../dist/index.js').Message} */ (message));
  deepEqual((await store.messages.get(draft.id))?.parts, message?.parts);
}

/** @type {Spec} */
export async function wrongNamesOfPartsAreRefused({ open }) {
  const store = await open();
  const { draft } = await startReply(store);
  const wrong = 'invalid-argument';
  throws(() => draft.appendText('a', { part: '' }), wrong);
  throws(() => draft.appendText('a', /** @type {{ part: string }} */ (/** @type {unknown} */ ({ id: 'a' }))), wrong);
  await rejects(draft.reset({ from: -1 }), wrong);
  await rejects(draft.reset({ from: 0.5 }), wrong);
  await rejects(draft.addPart(/** @type {any} */ ({ type: 'file', name: 'a.png' })), wrong);
  await rejects(draft.addPart({ type: 'file', mediaType: 'a/b', size: -1 }), wrong);
  await rejects(draft.putToolCall(/** @type {any} */ ({ id: 'c', name: 'f', approval: true })), wrong);
  await rejects(draft.putToolCall(/** @type {any} */ ({ id: 'c', name: 'f', approval: { approved: true } })), wrong);
  draft.appendText('still works');
  await draft.finish();
  equal(textOf(await store.messages.get(draft.id)), 'still works');
}

/** The page's idea of what a mutation does, and of the version it makes, is the core's. @type {Spec} */
export async function draftAgreesWithTheCore({ open }) {
  const store = await open();
  const random = randomFrom(1);
  const part = () => (random(2) ? { part: `p${random(2)}` } : undefined);
  /** @type {((draft: Draft) => void | Promise<void>)[]} */
  const steps = [
    (draft) => draft.appendText(['a', '', 'bc', '😀', '\ud83d'][random(5)] ?? '', part()),
    (draft) => draft.appendReasoning(['r', '', '🤔'][random(3)] ?? '', part()),
    (draft) => draft.finishReasoning(random(2) ? 'sig' : undefined, part()),
    (draft) => draft.putToolCall({ id: `t${random(3)}`, name: 'f', input: random(2) ? '{}' : '', finished: random(2) === 1 }),
    (draft) => draft.appendToolInput(`t${random(3)}`, '1'),
    (draft) => draft.finishToolCall(`t${random(3)}`),
    (draft) => draft.addPart({ type: 'text', text: 'part', ...(random(2) && { refusal: true }) }),
    (draft) => draft.addPart({ type: 'tool_call', id: `t${random(3)}`, name: 'g', input: '', finished: false }),
    (draft) => draft.addPart({ type: 'text', text: 'whole', id: `p${random(2)}` }),
    (draft) => draft.addPart({ type: 'custom', name: `data-${random(2)}`, data: random(3), id: `p${random(2)}` }),
    (draft) => draft.addPart({ type: 'tool_result', toolCallId: 't0', name: 'f', content: String(random(3)), ...(random(3) && { preliminary: true }) }),
    (draft) => (random(10) === 0 ? draft.reset(random(2) ? { from: random(6) } : {}) : undefined),
  ];
  for (let round = 0; round < 20; round++) {
    const { draft } = await startReply(store);
    for (let step = 0; step < 60; step++) {
      try {
        // Not awaited now and then: changes under way at once must keep their order and versions.
        const done = steps[random(steps.length)]?.(draft);
        if (random(3) === 0) await done;
        else done?.catch((error) => { if (error.code !== 'not-found') throw error; });
      } catch (error) {
        if (/** @type {{ code?: string }} */ (error).code !== 'not-found') throw error;
      }
    }
    const stored = await store.messages.get(draft.id);
    const here = draft.message;
    equal(here.version, stored?.version, `round ${round}: version`);
    deepEqual(withoutTimes(here.parts), withoutTimes(stored?.parts ?? []), `round ${round}:`);
    await draft.finish();
  }
}

/** @param {readonly object[]} parts */
function withoutTimes(parts) {
  return parts.map((part) => Object.fromEntries(Object.entries(part).filter(([key]) => !/At$|^time$/.test(key))));
}

/** @type {Spec} */
export async function C2_terminalUpdatesAreSavedAndDeliveredWhateverTheWindow({ open }) {
  const store = await open({ windowMs: HOUR });
  const { draft } = await startReply(store);
  const heard = listen(store, { messageId: draft.id });
  draft.appendText('Hello');
  await draft.putToolCall({ id: 'a', name: 'f' });
  await until(() => heard.events.length > 0);
  const saved = await store.messages.get(draft.id, { committed: true });
  deepEqual(saved?.parts.map(({ type }) => type), ['text', 'tool_call']);
  draft.appendToolInput('a', '{}');
  await draft.finish();
  equal(finishOf(await store.messages.get(draft.id, { committed: true }))?.reason, 'end_turn');
  const last = heard.events.at(-1);
  ok(last?.type === 'updated' && last.terminal && last.saved, 'delivered before the promise resolved, as terminal and saved');
  equal(finishOf(last.message)?.reason, 'end_turn');
}

/** @type {Spec} */
export async function C3_flushMakesDeltasDurable({ open }) {
  const store = await open({ windowMs: HOUR });
  const { draft } = await startReply(store);
  const other = await store.messages.create(draft.message.sessionId, { role: 'assistant' });
  const saved = async (/** @type {string} */ id) => textOf(await store.messages.get(id, { committed: true }));
  draft.appendText('one');
  other.appendText('two');
  equal(await saved(draft.id), '');
  await draft.flush();
  equal(await saved(draft.id), 'one');
  draft.appendText('!');
  await store.flush(draft.id);
  equal(await saved(draft.id), 'one!');
  draft.appendText('?');
  other.appendText('?');
  await store.flushAll();
  deepEqual([await saved(draft.id), await saved(other.id)], ['one!?', 'two?']);
  const { commits } = await store.stats();
  await store.flushAll();
  await draft.flush();
  equal((await store.stats()).commits, commits, 'a flush with nothing to save');
  await rejects(store.flush('nobody'), 'not-found');
  await draft.finish();
  await draft.flush();
}

/** @type {Spec} */
export async function C11_readsSeeWhatIsStillInTheOutbox({ open }) {
  const store = await open({ windowMs: HOUR });
  const { session, draft } = await startReply(store);
  draft.appendText('a');
  equal(textOf(await store.messages.get(draft.id)), 'a');
  draft.appendText('b');
  equal(textOf((await store.messages.list(session.id)).at(-1)), 'ab');
  draft.appendText('c');
  equal(textOf(await store.messages.lastAssistant(session.id)), 'abc');
  equal(textOf(await store.messages.get(draft.id, { committed: true })), '');
}

/** @type {Spec} */
export async function C12_aWindowOfZeroSavesEveryUpdate({ open }) {
  const store = await open({ windowMs: 0 });
  const { draft } = await startReply(store);
  const before = await store.stats();
  for (let n = 0; n < 50; n++) draft.appendText('x');
  await until(async () => textOf(await store.messages.get(draft.id, { committed: true })).length === 50);
  const after = await store.stats();
  deepEqual([after.commits - before.commits, after.updates - before.updates], [50, 50]);
}

/** @type {Spec} */
export async function aFinishedMessageTakesNoMore({ open }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  const again = await store.messages.open(draft.id);
  await draft.finish('canceled');
  throws(() => draft.appendText('x'), 'finished');
  throws(() => draft.appendReasoning('x'), 'finished');
  throws(() => draft.appendToolInput('t', 'x'), 'finished');
  for (const change of [draft.reset(), draft.finish(), draft.finishReasoning(), draft.addPart({ type: 'text', text: '' })]) {
    await rejects(change, 'finished');
  }
  again.appendText('late');
  await until(() => { try { again.appendText('later'); return false; } catch { return true; } });
  equal(textOf(await store.messages.get(draft.id)), '');
  await rejects(store.messages.open(draft.id), 'finished');
  const resumed = await store.messages.open(draft.id, { resume: true });
  equal(finishOf(resumed.message), undefined);
  resumed.appendText('on we go');
  await resumed.finish('end_turn');
  await rejects(store.messages.open(draft.id, { resume: true }), 'finished');
  const user = await store.messages.create(session.id, { role: 'user', parts: [{ type: 'text', text: 'Hi' }] });
  throws(() => user.appendText('x'), 'finished');
  ok(user.message.finishedAt !== undefined, 'a user\'s message is finished from the start');
}

/** @type {Spec} */
export async function aDeletedMessageIsGoneForItsDraft({ open }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  draft.appendText('x');
  await store.messages.delete(draft.id);
  throws(() => draft.appendText('y'), 'not-found');
  await rejects(draft.finish(), 'not-found');
  await rejects(draft.flush(), 'not-found');
  equal(await store.messages.get(draft.id), undefined);
  await store.messages.delete(draft.id);
  const second = await store.messages.create(session.id, { role: 'assistant' });
  await store.sessions.delete(session.id);
  throws(() => second.appendText('y'), 'not-found');
}

/** @type {Spec} */
export async function aWrongPartIsRefusedAndTheDraftGoesOn({ open }) {
  const store = await open();
  const { draft } = await startReply(store);
  draft.appendText('a');
  const wrong = /** @type {any} */ ({ type: 'nonsense' });
  await rejects(draft.addPart(wrong), 'invalid-argument');
  await rejects(draft.addPart({ type: 'custom', name: 'f', data: () => 1 }), 'invalid-argument');
  await rejects(draft.finish(/** @type {any} */ ('because')), 'invalid-argument');
  await rejects(draft.putToolCall({ id: '', name: 'f' }), 'invalid-argument');
  throws(() => draft.appendText(/** @type {any} */ (7)), 'invalid-argument');
  throws(() => draft.appendToolInput('nobody', 'x'), 'not-found');
  await rejects(draft.finishToolCall('nobody'), 'not-found');
  draft.appendText('b');
  await draft.finish();
  equal(textOf(await store.messages.get(draft.id, { committed: true })), 'ab');
}
