// @ts-check
/** Replies that are cut and gone on with (I5). `test/resume.test.mjs` cuts them at every byte. */
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { finishOf, textOf, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Message, ResumePoint, Store } from '../../dist/index.js' */

/**
 * Requests whose connection breaks once its first bytes have been read.
 * @param {Parameters<Spec>[0]} context @param {Store} store
 */
function breaking({ provider, name }, store) {
  let count = 0;
  /** `seen`: whether what is stored tells that they were. @param {string} path @param {string} messageId @param {(message: Message) => boolean} seen */
  return (path, messageId, seen) => {
    const request = `${name}-${count++}`;
    void until(async () => {
      const message = await store.messages.get(messageId);
      return message !== undefined && (message.finishedAt !== undefined || seen(message));
    // The request may not be there yet.
    }).then(() => until(async () => (await fetch(`${provider}release?name=${request}`)).status === 204)).catch(() => undefined);
    return `${provider}${path}&name=${request}`;
  };
}

/** @param {Store} store @param {string} sessionId @param {(message: Message) => void} hear */
function hearUpdates(store, sessionId, hear) {
  return store.subscribe((events) => {
    for (const event of events) if (event.type === 'updated') hear(event.message);
  }, { sessionId });
}

/** @type {Spec} */
export async function I5_aReplyThatIsCutGoesOn(context) {
  const { open, provider } = context;
  const store = await open();
  const { id } = await store.sessions.create();
  const whole = await (await store.ingest(id, { url: `${provider}numberedEvents` }, { format: 'openai-responses' })).done;
  const breakingAt = breaking(context, store);
  /** @type {string[]} */
  const seen = [];
  const stop = hearUpdates(store, id, (message) => seen.push(textOf(message)));
  /** @type {[ResumePoint, number][]} */
  const asked = [];
  const first = breakingAt('numberedEvents?cut=700', 'cut', (message) => textOf(message) !== '');
  const run = await store.ingest(id, { url: first }, {
    format: 'openai-responses', messageId: 'cut',
    reconnect(point, attempt) {
      asked.push([point, attempt]);
      const after = `numberedEvents?after=${point.sequence ?? -1}`;
      if (asked.length > 1) return { url: `${provider}${after}` };
      const before = textOf(whole).indexOf(', and');
      return { url: breakingAt(`${after}&cut=700`, 'cut', (message) => textOf(message).length > before) };
    },
  });
  const message = await run.done;
  deepEqual([textOf(message), finishOf(message)?.reason], [textOf(whole), 'end_turn']);
  const [[one] = [], [two, attempt] = []] = asked;
  deepEqual([one?.messageId, one?.sessionId, one?.format, one?.responseId], ['cut', id, 'openai-responses', 'resp_7']);
  ok((two?.sequence ?? 0) > (one?.sequence ?? 0), 'the second point is behind the first');
  deepEqual([asked.length, attempt], [2, 1], 'there was progress between them: calls, and the last attempt');
  await until(() => seen.includes(textOf(whole)));
  stop();
  ok(seen.every((text) => textOf(whole).startsWith(text)), 'nobody ever saw anything else');
  equal(await store.resumePoint(run.messageId), undefined);
}

/** @type {Spec} */
export async function I5_aReplayIsAppliedOnce(context) {
  const { open, provider } = context;
  // Without a window nothing is merged on its way to a listener, or to the disk.
  const store = await open({ windowMs: 0 });
  const { id } = await store.sessions.create();
  const whole = await (await store.ingest(id, { url: `${provider}rich` }, { format: 'openai-chat' })).done;
  const breakingAt = breaking(context, store);
  /** @type {number[]} */
  const lengths = [];
  const stop = hearUpdates(store, id, (message) => lengths.push(textOf(message).length));
  /** @param {number} cut */
  const cutAt = (cut) => breakingAt(`rich?cut=${cut}`, 'replayed', (message) => message.parts.length > 0);
  // By every kind of source, and one request that fails between them.
  const sources = [
    () => fetch(cutAt(900)), () => { throw new TypeError('offline'); },
    () => ({ url: cutAt(1000) }), async () => (await fetch(`${provider}rich`)).body ?? undefined,
  ];
  const run = await store.ingest(id, fetch(cutAt(800)), { format: 'openai-chat', messageId: 'replayed', reconnect: () => sources.shift()?.() });
  const message = await run.done;
  stop();
  equal(sources.length, 0);
  deepEqual(message.parts.map(({ type }) => type), whole.parts.map(({ type }) => type));
  deepEqual([textOf(message), finishOf(message)?.reason], [textOf(whole), 'tool_use']);
  deepEqual(lengths, [...lengths].sort((one, other) => one - other), 'it never gets shorter:');
}

/** @type {Spec} */
export async function I5_givingUpKeepsWhatCame(context) {
  const { open, provider } = context;
  const store = await open();
  const { id } = await store.sessions.create();
  const breakingAt = breaking(context, store);
  let count = 0;
  /** @param {(attempt: number, messageId: string) => any} reconnect @param {number} [attempts] */
  const cut = async (reconnect, attempts) => {
    const messageId = `m${count++}`;
    const url = breakingAt('rich?cut=900', messageId, (message) => textOf(message) !== '');
    const run = await store.ingest(id, { url }, {
      format: 'openai-chat', messageId, reconnect: (_point, attempt) => reconnect(attempt, messageId), ...(attempts && { attempts }),
    });
    const error = await run.done.then(() => undefined, (/** @type {any} */ thrown) => thrown);
    const message = await store.messages.get(messageId, { committed: true });
    return { messageId, code: error?.code, status: error?.status, reason: finishOf(message)?.reason, text: textOf(message) };
  };
  const none = await cut(() => undefined);
  // To WebKitGTK, a connection that breaks is the end of the body.
  const isEnd = none.reason === 'unknown';
  const how = [none.code, none.reason];
  deepEqual(how, isEnd ? [undefined, 'unknown'] : ['network', 'error']);
  ok(none.text.length > 0, 'what came is kept');
  const empty = await cut(() => ({ url: `${provider}nothing` }));
  deepEqual([empty.code, empty.reason, empty.text], [...how, none.text]);
  const gone = await cut(() => ({ url: `${provider}missing` }));
  deepEqual([gone.code, gone.status, gone.reason], ['http', 404, 'error']);
  /** @type {number[]} */
  const attempts = [];
  const often = await cut((attempt, messageId) => {
    attempts.push(attempt);
    return { url: breakingAt('rich?cut=100', messageId, () => true) };
  }, 2);
  deepEqual([often.code, often.reason, attempts, often.text], [...how, [1, 2], none.text]);

  equal(await store.resumePoint('nobody'), undefined);
  if (isEnd) return;
  const point = await store.resumePoint(none.messageId);
  deepEqual([point?.format, point?.messageId, point?.sessionId], ['openai-chat', none.messageId, id]);
  const again = await store.ingest(id, { url: `${provider}rich` }, { format: 'openai-chat', messageId: none.messageId });
  deepEqual(finishOf(await again.done)?.reason, 'tool_use');
  equal(textOf(await again.done), 'Grüße, Welt 👋');
}

/** @type {Spec} */
export async function I5_anAbortEndsTheWaiting(context) {
  const store = await context.open();
  const { id } = await store.sessions.create();
  let asked = 0;
  const url = breaking(context, store)('rich?cut=900', 'aborted', (message) => textOf(message) !== '');
  const run = await store.ingest(id, { url }, {
    format: 'openai-chat', messageId: 'aborted',
    reconnect: () => {
      ++asked;
      return new Promise(() => undefined);
    },
  });
  await until(() => asked === 1);
  run.abort();
  await rejects(run.done, 'aborted');
  equal(finishOf(await store.messages.get(run.messageId))?.reason, 'canceled');
}

/** @type {Spec} */
export async function I5_whatCannotBeGoneOnWithIsRefused({ open, provider }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const source = () => ({ url: `${provider}rich` });
  const reconnect = () => undefined;
  await rejects(store.ingest(id, source(), { format: (chunk, draft) => draft.appendText(chunk), reconnect }), 'invalid-argument');
  await rejects(store.ingest(id, source(), { format: 'text', reconnect, attempts: 0 }), 'invalid-argument');
  await rejects(store.ingest(id, source(), { format: 'text', reconnect: /** @type {any} */ (5) }), 'invalid-argument');
  equal((await store.messages.list(id)).length, 0);
}
