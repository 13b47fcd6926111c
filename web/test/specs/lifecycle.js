// @ts-check
/** Specs of several phases: the page is reloaded, or dies, between one and the next. Not for storage in memory. */
import { deepEqual, equal, ok } from '../support/page/assert.js';
import { finishOf, startReply, textOf, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */

const HOUR = 3_600_000;
const TEXT = 'A reply with 😀 and 漢字. '.repeat(50);

/** @type {Spec[]} */
export const streamReloadReadBack = [
  async ({ open }) => {
    const store = await open();
    const { draft } = await startReply(store);
    for (const delta of TEXT.match(/.{1,3}/gsu) ?? []) draft.appendText(delta);
    await draft.finish();
  },
  async ({ open }) => {
    const store = await open();
    deepEqual(store.recovered, []);
    const [session] = await store.sessions.list();
    const [message] = await store.messages.list(session?.id ?? '');
    equal(textOf(message), TEXT);
    deepEqual([session?.title, session?.messageCount, message?.model, finishOf(message)?.reason], ['Test', 1, 'test-model', 'end_turn']);
  },
];

/** @type {Spec[]} */
export const killedInTheMiddle = [
  async ({ open }) => {
    const store = await open();
    const { draft } = await startReply(store);
    draft.appendText(TEXT);
    await draft.putToolCall({ id: 't', name: 'f' });
    draft.appendToolInput('t', '{"flushed":1');
    await store.flush(draft.id);
    // In the window that is lost.
    draft.appendToolInput('t', ',"lost":1');
  },
  async ({ open }) => {
    const store = await open();
    const [session] = await store.sessions.list();
    const [message] = await store.messages.list(session?.id ?? '');
    deepEqual(store.recovered, [{ messageId: message?.id, sessionId: session?.id }]);
    equal(textOf(message), TEXT);
    const call = message?.parts[1];
    ok(call?.type === 'tool_call' && call.input.startsWith('{"flushed":1'), 'all that was flushed is there');
    equal(finishOf(message)?.reason, 'interrupted');
    const draft = await store.messages.open(message?.id ?? '', { resume: true });
    draft.appendText('and on');
    await draft.finish();
  },
  async ({ open }) => {
    const store = await open();
    deepEqual(store.recovered, []);
    const [session] = await store.sessions.list();
    equal(finishOf(await store.messages.lastAssistant(session?.id ?? ''))?.reason, 'end_turn');
  },
];

/** I5: a reply whose page died is gone on with by the next one, from what was saved. @type {Spec[]} */
export const I5_aReplyGoesOnAfterACrash = [
  async ({ open, provider }) => {
    const store = await open();
    const { id } = await store.sessions.create({ title: 'resumed' });
    for (const [messageId, url] of [['numbered', `${provider}numberedEvents?stay=1100`], ['replayed', `${provider}rich?stay=1000`]]) {
      const run = await store.ingest(id, { url: url ?? '' }, { messageId: messageId ?? '', format: messageId === 'numbered' ? 'openai-responses' : 'openai-chat' });
      await until(async () => textOf(await store.messages.get(run.messageId)) !== '');
      await store.flush(run.messageId);
    }
  },
  async ({ open, provider }) => {
    const store = await open();
    const [session] = await store.sessions.list();
    deepEqual(store.recovered.map(({ messageId }) => messageId).sort(), ['numbered', 'replayed']);
    const point = await store.resumePoint('numbered');
    deepEqual([point?.format, point?.responseId, point?.messageId, point?.sessionId], ['openai-responses', 'resp_7', 'numbered', session?.id]);
    ok((point?.sequence ?? 0) > 2, 'the last event that was saved');
    const before = textOf(await store.messages.get('numbered'));
    const numbered = await store.ingest(session?.id ?? '', { url: `${provider}numberedEvents?after=${point?.sequence}` }, { format: 'openai-responses', messageId: 'numbered' });
    equal(textOf(await numbered.done), 'the same word, the same word, and the end 👋');
    ok(before.length > 0 && before.length < textOf(await numbered.done).length, 'a part of it was there');
    equal((await store.resumePoint('replayed'))?.format, 'openai-chat');
    const replayed = await store.ingest(session?.id ?? '', { url: `${provider}rich` }, { format: 'openai-chat', messageId: 'replayed' });
    equal(textOf(await replayed.done), 'Grüße, Welt 👋');
    deepEqual([finishOf(await numbered.done)?.reason, finishOf(await replayed.done)?.reason], ['end_turn', 'tool_use']);
    equal(await store.resumePoint('numbered'), undefined);
  },
];

/** C2, S3: what a promise said is durable is there after a kill, with a window that never ends. @type {Spec[]} */
export const S3_whatWasAcknowledgedSurvives = [
  async ({ open }) => {
    const store = await open({ windowMs: HOUR });
    const { session, draft } = await startReply(store);
    const deleted = await store.messages.create(session.id, { role: 'user', parts: [{ type: 'text', text: 'gone' }] });
    await store.messages.delete(deleted.id);
    draft.appendText('text ');
    await draft.finish('end_turn');
    const open2 = await store.messages.create(session.id, { role: 'assistant' });
    open2.appendText('before the call');
    await open2.putToolCall({ id: 't', name: 'f', input: '{}', finished: true });
    await store.sessions.update(session.id, { title: 'Renamed' });
  },
  async ({ open }) => {
    const store = await open();
    const [session] = await store.sessions.list();
    equal(session?.title, 'Renamed');
    const messages = await store.messages.list(session?.id ?? '');
    deepEqual(messages.map((message) => [textOf(message), finishOf(message)?.reason]), [['text ', 'end_turn'], ['before the call', 'interrupted']]);
    const call = messages[1]?.parts[1];
    ok(call?.type === 'tool_call' && call.finished && call.input === '{}', 'the tool call is there');
  },
];
