// @ts-check
/**
 * I5: replies that are cut at every byte and gone on with, from real servers over HTTP, one for each way to go on. Under Node, so that
 * hundreds of them wait for their pauses at once; `specs/resuming.js` does some of it in every browser.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { DurableStreamTestServer } from '@durable-streams/server';
import { openStore } from 'millrace';

/** @import { AddressInfo } from 'node:net' */
/** @import { IncomingMessage } from 'node:http' */
/** @import { Message, ResumePoint, Store, StreamFormat } from 'millrace' */

const CORPUS = new URL('../../native-tests/streams/corpus/', import.meta.url);
/** @param {string} name */
const recorded = (name) => readFileSync(new URL(name, CORPUS));

/** @param {Uint8Array} bytes */
const eventsOf = (bytes) => Buffer.from(bytes).toString().split(/(?<=\n\n)/);

/**
 * A way to go on. `first` is the request that is cut; `next` asks for the rest; `body` is what the server has for it.
 * @typedef {object} Dialect
 * @property {StreamFormat} format
 * @property {Uint8Array} whole
 * @property {(url: string, point: ResumePoint) => { url: string, init?: RequestInit }} next
 * @property {(request: IncomingMessage, url: URL) => Uint8Array | undefined} rest
 */

const RESPONSES = recorded('openai-responses/reasoning_tools.sse');
const NUMBERED = eventsOf(RESPONSES);
const CHAT = recorded('openai-chat/reasoning_tools.sse');
const WITH_IDS = Buffer.from(eventsOf(recorded('ag-ui/text.sse')).map((event, n) => `id: ${n}\n${event}`).join(''));

/** @type {Readonly<Record<string, Dialect>>} */
const DIALECTS = {
  'a plain replay': { format: 'openai-chat', whole: CHAT, next: (url) => ({ url }), rest: () => CHAT },
  'the resumable endpoint of the AI SDK': {
    format: 'ai-sdk', whole: recorded('ai-sdk/reasoning_tools.sse'),
    next: (url, { messageId }) => ({ url: `${url}/${messageId}/stream` }),
    rest: () => recorded('ai-sdk/reasoning_tools.sse'),
  },
  'OpenAI Responses, starting_after': {
    format: 'openai-responses', whole: RESPONSES,
    next: (url, { responseId, sequence }) => ({ url: `${url}/${responseId}?stream=true${sequence === undefined ? '' : `&starting_after=${sequence}`}` }),
    rest(_request, url) {
      const last = Number(url.searchParams.get('starting_after') ?? -1);
      return Buffer.from(NUMBERED.filter((event) => Number(/"sequence_number":\s*(\d+)/.exec(event)?.[1] ?? Infinity) > last).join(''));
    },
  },
  'Last-Event-ID': {
    format: 'ag-ui', whole: WITH_IDS,
    next: (url, { lastEventId }) => ({ url, init: lastEventId === undefined ? {} : { headers: { 'last-event-id': lastEventId } } }),
    rest(request) {
      const last = Number(request.headers['last-event-id'] ?? -1);
      return Buffer.from(eventsOf(WITH_IDS).slice(last + 1).join(''));
    },
  },
};

/** The path says how many bytes of a first answer arrive: /<dialect>/<cut>/…; the answer to every later one is whole. */
/** @type {Set<string>} */
const begun = new Set();
const server = createServer((request, response) => {
  const url = new URL(request.url ?? '', 'http://127.0.0.1');
  const [, name = '', cut, how = ''] = url.pathname.split('/');
  const dialect = DIALECTS[decodeURIComponent(name)];
  const key = `${name}/${cut}/${how}`;
  const later = begun.has(key);
  begun.add(key);
  if (!dialect) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (later) return void response.end(dialect.rest(request, url));
  response.write(dialect.whole.subarray(0, Number(cut)), () => setImmediate(() => response.destroy()));
  if (cut === '0') response.destroy();
});

/** @type {Store} */
let store;
/** @type {string} */
let base;
before(async () => {
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', () => resolve(undefined)); });
  base = `http://127.0.0.1:${/** @type {AddressInfo} */ (server.address()).port}`;
  store = await openStore({ name: 'resume', storage: 'memory' });
});
after(async () => {
  await store.close();
  server.closeAllConnections();
  server.close();
});

/** What differs from one reading to the next. @param {Message} message */
function partsOf({ parts }) {
  return parts.map(({ ...part }) => {
    for (const time of ['startedAt', 'finishedAt', 'time']) delete (/** @type {any} */ (part))[time];
    return part;
  });
}

/** Hundreds at once, but not all. @template T @param {readonly T[]} items @param {(item: T) => Promise<void>} step */
async function forEach(items, step) {
  const left = [...items];
  await Promise.all(Array.from({ length: 250 }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await step(item);
  }));
}

/** @param {Dialect} dialect */
async function wholeOf({ format, whole }) {
  const { id } = await store.sessions.create();
  return partsOf(await (await store.ingest(id, new Response(new Uint8Array(whole)), { format })).done);
}

for (const [name, dialect] of Object.entries(DIALECTS)) {
  const { format, whole, next } = dialect;
  const cuts = Array.from({ length: whole.length }, (_, cut) => cut);

  describe(`I5 ${name}`, { timeout: 240_000 }, () => {
    test('goes on after a cut at every byte', async () => {
      const expected = await wholeOf(dialect);
      const { id } = await store.sessions.create();
      await forEach(cuts, async (cut) => {
        const url = `${base}/${encodeURIComponent(name)}/${cut}/live`;
        const run = await store.ingest(id, { url }, { format, reconnect: (point) => next(url, point) });
        assert.deepEqual(partsOf(await run.done), expected, `cut at ${cut}`);
        assert.equal(await store.resumePoint(run.messageId), undefined, 'it came to its end');
      });
    });

    test('goes on from what was stored, after a cut at every byte', async () => {
      const expected = await wholeOf(dialect);
      const { id } = await store.sessions.create();
      await forEach(cuts, async (cut) => {
        const url = `${base}/${encodeURIComponent(name)}/${cut}/stored`;
        const run = await store.ingest(id, { url }, { format });
        const error = await run.done.then(() => undefined, (thrown) => thrown);
        // The end of the reply may have come already, or nothing.
        if (!error) return;
        assert.equal(error.code, 'network');
        const point = await store.resumePoint(run.messageId) ?? { messageId: run.messageId, sessionId: id, format };
        const again = await store.ingest(id, next(url, point), { format, messageId: run.messageId });
        assert.deepEqual(partsOf(await again.done), expected, `cut at ${cut}, ${JSON.stringify(point)}`);
      });
    });
  });
}

describe('I5 Durable Streams', { timeout: 240_000 }, () => {
  const durable = new DurableStreamTestServer({ port: 0, host: '127.0.0.1', longPollTimeout: 200 });
  /** In front of it, and cuts the first answer of each stream after `cut` bytes. */
  /** @type {Set<string>} */
  const cutOnce = new Set();
  const proxy = createServer(async (request, response) => {
    const url = new URL(request.url ?? '', origin);
    const cut = Number(url.searchParams.get('cut'));
    const key = `${url.searchParams.get('key')}`;
    url.searchParams.delete('cut');
    url.searchParams.delete('key');
    const left = new AbortController();
    response.on('close', () => left.abort());
    try {
      const answer = await fetch(url, { signal: left.signal });
      response.writeHead(answer.status, Object.fromEntries([...answer.headers].filter(([name]) => !['content-encoding', 'content-length', 'transfer-encoding', 'connection'].includes(name))));
      let room = cutOnce.has(key) ? Infinity : cut;
      cutOnce.add(key);
      for await (const bytes of answer.body ?? []) {
        await new Promise((resolve) => { response.write(bytes.subarray(0, room), resolve); });
        room -= bytes.length;
        if (room < 0) return void response.destroy();
      }
      response.end();
    } catch {
      response.destroy();
    }
  });
  let origin = '';
  let front = '';
  before(async () => {
    origin = await durable.start();
    await new Promise((resolve) => { proxy.listen(0, '127.0.0.1', () => resolve(undefined)); });
    front = `http://127.0.0.1:${/** @type {AddressInfo} */ (proxy.address()).port}`;
    const events = eventsOf(CHAT);
    await fetch(`${origin}/reply`, { method: 'PUT', headers: { 'content-type': 'text/plain' } });
    for (let at = 0; at < events.length; at += 3) {
      await fetch(`${origin}/reply`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: events.slice(at, at + 3).join('') });
    }
    await fetch(`${origin}/reply`, { method: 'POST', headers: { 'content-type': 'text/plain', 'stream-closed': 'true' } });
  });
  after(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await durable.stop();
  });

  for (const live of ['long-poll', 'sse']) {
    test(`by ${live}, cut anywhere`, async () => {
      const expected = await wholeOf({ ...DIALECTS['a plain replay'], format: 'openai-chat', whole: CHAT, next: (url) => ({ url }), rest: () => undefined });
      const { id } = await store.sessions.create();
      // The frames of the events are longer than the reply.
      const cuts = Array.from({ length: live === 'sse' ? CHAT.length * 2 : CHAT.length }, (_, cut) => cut).filter((cut) => cut % 7 === 0);
      await forEach(cuts, async (cut) => {
        const key = `${live}-${cut}`;
        /** @param {string} offset */
        const request = (offset) => ({ url: `${front}/reply?offset=${offset}&live=${live}&cut=${cut}&key=${key}` });
        const run = await store.ingest(id, request('-1'), {
          format: 'openai-chat', reconnect: ({ offset = '-1' }) => request(offset),
        });
        assert.deepEqual(partsOf(await run.done), expected, `cut at ${cut}`);
        const stored = await store.ingest(id, request('-1'), { format: 'openai-chat' });
        await stored.done;
      });
    });
  }

  test('a body for each poll, while the reply is being written', async () => {
    const { id } = await store.sessions.create();
    await fetch(`${origin}/slow`, { method: 'PUT', headers: { 'content-type': 'text/plain' } });
    /** @type {number[]} */
    const attempts = [];
    const words = ['one ', 'two ', 'three'];
    const run = await store.ingest(id, { url: `${front}/slow?offset=-1&live=long-poll&cut=1e9&key=slow` }, {
      format: 'text',
      async reconnect({ offset = '-1' }, attempt) {
        attempts.push(attempt);
        const body = words.shift();
        const headers = { 'content-type': 'text/plain', ...(words.length === 0 && { 'stream-closed': 'true' }) };
        if (body) await fetch(`${origin}/slow`, { method: 'POST', headers, body });
        return { url: `${front}/slow?offset=${offset}&live=long-poll&cut=1e9&key=slow` };
      },
    });
    const message = await run.done;
    assert.equal(message.parts.map((part) => (part.type === 'text' ? part.text : '')).join(''), 'one two three');
    assert.deepEqual(new Set(attempts), new Set([1]), 'a poll that brings nothing is no failure');
  });
});
