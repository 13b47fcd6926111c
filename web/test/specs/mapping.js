// @ts-check
/** Streams that a function of the page maps. */
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { finishOf, textOf, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Run, Store, StreamEvent } from '../../dist/index.js' */

/** What is stored of the run's message once it is over. @param {Store} store @param {Run} run */
async function outcome(store, run) {
  const error = await run.done.then(() => undefined, (/** @type {unknown} */ thrown) => thrown);
  const message = await store.messages.get(run.messageId, { committed: true });
  ok(message, 'the message is stored');
  return { error: /** @type {any} */ (error), message, reason: finishOf(message)?.reason };
}

/** @type {Spec} */
export async function aFunctionMapsTheChunks(context) {
  const store = await context.open();
  const { id } = await store.sessions.create();
  async function* source() {
    yield 'to';
    yield new TextEncoder().encode('kens 😀').subarray(0, 7);
    yield new TextEncoder().encode('kens 😀').subarray(7);
  }
  const mapped = await store.ingest(id, source(), { format: (chunk, draft) => draft.appendText(chunk.toUpperCase()) });
  deepEqual([textOf(await mapped.done), finishOf(await mapped.done)?.reason], ['TOKENS 😀', 'end_turn']);
  deepEqual(await mapped.done, await store.messages.get(mapped.messageId, { committed: true }));

  const throwing = await outcome(store, await store.ingest(id, source(), {
    format(chunk, draft) {
      draft.appendText(chunk);
      throw new Error('cannot map that');
    },
  }));
  await rejects(Promise.reject(throwing.error), 'protocol');
  ok(throwing.error.message.includes('cannot map that'), 'the reason');
  deepEqual([textOf(throwing.message), throwing.reason], ['to', 'error']);

  const early = await store.ingest(id, source(), { format: async (chunk, draft) => {
    draft.appendText(chunk);
    await draft.finish('max_tokens');
  } });
  deepEqual([textOf(await early.done), finishOf(await early.done)?.reason], ['to', 'max_tokens']);

  const http = await outcome(store, await store.ingest(id, { url: `${context.provider}overloaded` }, { format: () => undefined }));
  deepEqual([http.error.code, http.error.status, http.reason], ['http', 500, 'error']);

  const held = await store.ingest(id, fetch(`${context.provider}hold?name=${context.name}`), { format: (chunk, draft) => draft.appendText(chunk) });
  await until(async () => textOf(await store.messages.get(held.messageId)) !== '');
  held.abort();
  const { error, reason } = await outcome(store, held);
  deepEqual([error.code, reason], ['aborted', 'canceled']);
}

/** Whole events, however the network cuts them. @type {Spec} */
export async function I2_aFunctionMapsWholeEvents({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const body = new TextEncoder().encode(
    ': a comment\r\nevent: word\r\nid: 7\r\ndata: {"text":\r\ndata: "Grüße 😀"}\r\n\r\ndata: two\n\n\n\nretry: 5\n\ndata: last');
  for (const size of [1, 2, 7, body.length]) {
    /** @type {StreamEvent[]} */
    const events = [];
    async function* source() {
      for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size);
    }
    const run = await store.ingest(id, source(), { format: { events: 'sse', map: async (event, draft) => {
      events.push(event);
      await Promise.resolve();
      draft.appendText(event.data);
    } } });
    equal(textOf(await run.done), '{"text":\n"Grüße 😀"}twolast');
    deepEqual(events, [{ data: '{"text":\n"Grüße 😀"}', name: 'word', id: '7' }, { data: 'two', id: '7' }, { data: 'last', id: '7' }]);
  }
  /** @type {string[]} */
  const lines = [];
  const ndjson = await store.ingest(id, new Response('{"a":1}\r\n\n  \n{"b":2}\n{"c":3}'), { format: { events: 'ndjson', map: async ({ data }, draft) => {
    lines.push(data);
    if (data.includes('b')) await draft.finish('max_tokens');
  } } });
  equal(finishOf(await ndjson.done)?.reason, 'max_tokens');
  deepEqual(lines, ['{"a":1}', '{"b":2}']);
  const text = await store.ingest(id, new Response('as it comes'), { format: { events: 'text', map: (piece, draft) => draft.appendText(piece) } });
  equal(textOf(await text.done), 'as it comes');
}

/** @type {Spec} */
export async function I2_aFormatOfOnesOwnThatIsWrongIsRefused({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const map = () => undefined;
  for (const [format, said] of [
    [{ events: 'xml', map }, /events/], [{ events: 'sse' }, /map/], [{ event: 'sse', map }, /events/], [null, /format/],
  ]) {
    const error = await store.ingest(id, new Response('x'), { format: /** @type {any} */ (format) }).catch((/** @type {any} */ thrown) => thrown);
    equal(error.code, 'invalid-argument');
    ok(/** @type {RegExp} */ (said).test(error.message), error.message);
  }
  equal((await store.messages.list(id)).length, 0);
}

/** A mapping function that goes on over a part that is refused spoils its draft, not the message. @type {Spec} */
export async function I4_aMappingWhoseDraftIsRefusedLeavesTheMessageFree({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const run = await store.ingest(id, new Response('text'), {
    messageId: 'm',
    format: (chunk, draft) => {
      draft.appendText(chunk);
      draft.addPart(/** @type {any} */ ({ type: 'nonsense' })).catch(() => undefined);
      draft.appendText(' and more');
    },
  });
  await rejects(run.done, 'invalid-argument');
  const left = await store.messages.get('m', { committed: true });
  deepEqual([textOf(left), finishOf(left)?.reason], ['text', 'error']);
  const next = await store.ingest(id, new Response(', again'), { messageId: 'm', format: 'text' });
  equal(textOf(await next.done), 'text, again');
}
