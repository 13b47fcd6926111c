// @ts-check
/** How a reply begins, and what several writers make of one message. */
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { finishOf, listen, startReply, textOf, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Draft, Message, Run } from '../../dist/index.js' */

/** @type {Spec} */
export async function C14_aRunFinishesWhatIsOnItsWay({ open, provider }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const resumable = await store.messages.create(id, { role: 'assistant' });
  await resumable.finish('canceled');
  const format = 'openai-chat';
  /** @type {Promise<PromiseSettledResult<unknown>[]> | undefined} */
  let begun;
  const ids = ['created', 'ingested', 'ingested-late', 'mapped', resumable.id];
  await store.run(id, async (scope) => {
    begun = Promise.allSettled([
      scope.create({ role: 'assistant', id: 'created' }).then((draft) => ok(draft.message.finishedAt, 'the draft knows its end')),
      scope.ingest({ url: `${provider}rich` }, { format, messageId: 'ingested' }),
      scope.ingest(fetch(`${provider}rich`), { format, messageId: 'ingested-late' }),
      scope.ingest(fetch(`${provider}rich`), { format: (chunk, draft) => draft.appendText(chunk), messageId: 'mapped' }),
      scope.ingest({ url: `${provider}rich` }, { format, messageId: resumable.id }),
    ]);
  });
  const all = async () => (await store.messages.list(id, { committed: true })).map((message) => [message.id, finishOf(message)?.reason, message.version]);
  const atTheEnd = await all();
  deepEqual(atTheEnd.map(([name, reason]) => [name, reason]).sort(), ids.map((name) => [name, 'unknown']).sort());
  for (const outcome of (await begun) ?? []) {
    if (outcome.status === 'fulfilled') await /** @type {Run | undefined} */ (outcome.value)?.done.catch(() => undefined);
  }
  deepEqual(await all(), atTheEnd, 'nothing un-finishes it, and nothing is written any more:');
  /** @type {Parameters<Parameters<typeof store.run>[1]>[0] | undefined} */
  let over;
  await store.run(id, async (scope) => { over = scope; });
  ok(over, 'a scope');
  await rejects(over.create({ role: 'assistant' }), 'closed');
}

/** @type {Spec} */
export async function C6_aMessageHasOneStreamAtMost({ open, provider, name }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const other = await store.sessions.create();
  const url = `${provider}hold?name=${name}`;
  const first = await store.ingest(id, { url }, { format: 'openai-chat', messageId: 'm' });
  for (const source of [{ url }, fetch(`${provider}rich`)]) {
    for (const format of /** @type {const} */ (['openai-chat', () => undefined])) {
      await rejects(store.ingest(id, source, { format, messageId: 'm' }), 'in-use');
    }
  }
  first.abort();
  await first.done.catch(() => undefined);
  await rejects(store.ingest(other.id, { url }, { format: 'openai-chat', messageId: 'm' }), 'invalid-argument');
  equal(finishOf(await store.messages.get('m'))?.reason, 'canceled');
  const second = await store.ingest(id, { url: `${provider}rich` }, { format: 'openai-chat', messageId: 'm' });
  equal(finishOf(await second.done)?.reason, 'tool_use');
  await rejects(store.ingest(id, { url }, { format: 'openai-chat', messageId: 'm' }), 'finished');
}

/** An answer that comes late is neither read nor left open. @type {Spec} */
export async function I4_anAbortBeforeTheResponseEndsTheMessage({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  /** @type {(response: Response) => void} */
  let answer = () => undefined;
  let canceled = false;
  const body = new ReadableStream({ cancel: () => { canceled = true; } });
  const run = await store.ingest(id, new Promise((resolve) => { answer = resolve; }), { format: 'text' });
  ok(await store.messages.get(run.messageId, { committed: true }), 'saved before the response is there');
  run.abort('enough');
  await rejects(run.done, 'aborted');
  equal(finishOf(await store.messages.get(run.messageId, { committed: true }))?.reason, 'canceled');
  answer(new Response(body));
  await until(() => canceled);
}

/** @type {Spec} */
export async function C6_aDraftAndUpdatesOfTheSamePageBothStay({ open }) {
  const store = await open();
  const { draft } = await startReply(store);
  const updated = store.messages.update({ ...draft.message, model: 'named by an update' });
  draft.appendText('written before it is answered, ');
  await updated;
  equal(draft.message.model, 'named by an update');
  equal(textOf(draft.message), 'written before it is answered, ');
  draft.appendText('and after');
  await store.messages.update({ ...draft.message, provider: 'too' });
  draft.appendText('.');
  await draft.finish();
  const stored = await store.messages.get(draft.id, { committed: true });
  deepEqual(draft.message, stored);
  deepEqual([stored?.model, stored?.provider, textOf(stored)], ['named by an update', 'too', 'written before it is answered, and after.']);
}

/** @type {Spec} */
export async function C6_aSnapshotIsJudgedByItsVersionWhoeverHoldsIt({ open }) {
  const store = await open();
  const { draft } = await startReply(store);
  /** @param {Message} message @param {string} text */
  const withText = (message, text) => ({ ...message, parts: [{ type: /** @type {const} */ ('text'), text }] });
  const copy = draft.message;
  // The classic way to stream: one copy that grows, and nobody waits for an answer.
  const texts = ['H', 'Hel', 'Hello'];
  const answers = await Promise.all(texts.map((text) => store.messages.update(withText(copy, text))));
  deepEqual(answers.map(textOf), texts);
  await rejects(store.messages.update(withText(copy, 'Hell')), 'stale');
  await rejects(store.messages.update(copy), 'stale');
  const newest = await store.messages.get(draft.id);
  equal(textOf(newest), 'Hello');
  ok(newest, 'the message');
  equal(textOf(await store.messages.update(withText(newest, 'Rewritten'))), 'Rewritten');
}

/** Each hears of the other: with the answer to its next write, or with an event. @type {Spec} */
export async function C6_draftsOfOneMessageShowEachOther({ open }) {
  const store = await open();
  const { draft: first } = await startReply(store);
  const second = await store.messages.open(first.id);
  first.appendText('from the first ');
  await first.flush();
  second.appendText('from the second ');
  await until(() => textOf(second.message) === 'from the first from the second ');
  const { end } = listen(store);
  second.appendText('again');
  await until(() => textOf(first.message) === 'from the first from the second again');
  end();
  /** @param {Draft} draft */
  const parts = (draft) => draft.message.parts;
  deepEqual(parts(first), parts(second));
  await second.finish();
  await rejects(first.finish(), 'finished');
}

/** A hundred streams at once share each transaction, and none of them takes a word of another. @type {Spec} */
export async function C1_aHundredStreamsShareATransaction({ open }) {
  const store = await open({ windowMs: 3_600_000 });
  const { id } = await store.sessions.create();
  let release = () => {};
  const released = new Promise((resolve) => { release = () => resolve(undefined); });
  /** @param {number} n */
  const words = (n) => Array.from({ length: 20 }, (_, k) => `${n}.${k} `);
  const runs = await Promise.all(Array.from({ length: 100 }, async (_, n) => {
    async function* source() {
      for (const word of words(n)) yield `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: word } }] })}\n\n`;
      await released;
      yield 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    }
    return store.ingest(id, source(), { format: 'openai-chat' });
  }));
  for (const [n, { messageId }] of runs.entries()) {
    await until(async () => textOf(await store.messages.get(messageId)) === words(n).join(''));
  }
  const { commits } = await store.stats();
  await store.flushAll();
  equal((await store.stats()).commits, commits + 1, 'the commits for all their deltas:');
  release();
  for (const [n, run] of runs.entries()) {
    const message = await run.done;
    deepEqual([textOf(message), finishOf(message)?.reason], [words(n).join(''), 'end_turn']);
  }
}
