// @ts-check
/** Endpoints that answer as language models do, well and badly. */

/** @import { IncomingMessage, ServerResponse } from 'node:http' */
/** @typedef {(response: ServerResponse, url: URL, request: IncomingMessage) => void | Promise<void>} Endpoint */

/** @param {unknown} value */
const event = (value) => `data: ${JSON.stringify(value)}\n\n`;
/** @param {object} delta @param {string | null} [finish_reason] */
export const chunk = (delta, finish_reason = null) =>
  event({ id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] });
/** @param {object} call */
const toolCall = (call) => chunk({ tool_calls: [call] });

/** Everything a reply can have: reasoning, text, two tool calls at once, usage. */
export const RICH_REPLY = [
  chunk({ role: 'assistant', content: '' }),
  chunk({ reasoning_content: 'Let me ' }), chunk({ reasoning_content: 'think 🤔.' }),
  chunk({ content: 'Grüße, ' }), chunk({ content: 'Welt 👋' }),
  ': a comment\n\n',
  toolCall({ index: 0, id: 'call_a', type: 'function', function: { name: 'weather', arguments: '' } }),
  toolCall({ index: 1, id: 'call_b', type: 'function', function: { name: 'time', arguments: '' } }),
  toolCall({ index: 0, function: { arguments: '{"city":' } }),
  toolCall({ index: 1, function: { arguments: '{"zone":"UTC"}' } }),
  toolCall({ index: 0, function: { arguments: '"Köln"}' } }),
  chunk({}, 'tool_calls'),
  event({ id: 'c1', object: 'chat.completion.chunk', choices: [], usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 } }),
  'data: [DONE]\n\n',
].join('');

const SIMPLE_REPLY = chunk({ role: 'assistant', content: 'Hello' }) + chunk({ content: ' there' }) + chunk({}, 'stop') + 'data: [DONE]\n\n';

const NUMBERED_REPLY = [
  { type: 'response.created', response: { id: 'resp_7', status: 'in_progress' } },
  { type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'msg_7', role: 'assistant', content: [] } },
  ...'the same word, the same word, and the end 👋'.split(/(?<= )/).map((delta) =>
    ({ type: 'response.output_text.delta', item_id: 'msg_7', output_index: 0, content_index: 0, delta })),
  { type: 'response.completed', response: { id: 'resp_7', status: 'completed', usage: { input_tokens: 3, output_tokens: 9 } } },
].map((fields, sequence_number) => event({ ...fields, sequence_number }));

/** `stay`: nothing comes after so many bytes. @param {ServerResponse} response @param {string} body @param {URL} url */
function endOrCut(response, body, url) {
  const cut = url.searchParams.get('cut');
  const name = url.searchParams.get('name');
  const stay = url.searchParams.get('stay');
  if (stay !== null) return void response.write(Buffer.from(body).subarray(0, Number(stay)));
  if (cut === null) return void response.end(body);
  response.write(Buffer.from(body).subarray(0, Number(cut)));
  held.set(String(name), () => response.destroy());
}

/** Between the deltas of `numbered`. */
const NUMBERED_MS = 10;

/** Responses held open until somebody asks for their release, by the name the test gave them. @type {Map<string, () => void>} */
const held = new Map();

/** Whose client went away, by the name the test gave them. @type {Set<string>} */
const left = new Set();

/** @param {ServerResponse} response @param {string} [type] */
function begin(response, type = 'text/event-stream; charset=utf-8') {
  response.writeHead(200, { 'content-type': type });
}

/** Resolves when the bytes are on their way. @param {ServerResponse} response @param {Uint8Array} bytes */
function write(response, bytes) {
  return new Promise((resolve) => response.write(bytes, resolve));
}

/** @type {Readonly<Record<string, Endpoint>>} */
export const endpoints = {
  /** `cut`: so many bytes; the connection breaks at the release of `name`. A browser drops what it has not read by then. */
  rich(response, url) {
    begin(response);
    endOrCut(response, RICH_REPLY, url);
  },

  /** A reply of OpenAI Responses whose events have numbers: those after `after`. `cut` as above. */
  numberedEvents(response, url) {
    begin(response);
    const after = Number(url.searchParams.get('after') ?? -1);
    endOrCut(response, NUMBERED_REPLY.slice(after + 1).join(''), url);
  },

  /** There is no reply to go on with. */
  nothing(response) {
    response.writeHead(204).end();
  },

  /** The rich reply, each byte by itself. */
  async bytewise(response) {
    begin(response);
    for (const byte of new TextEncoder().encode(RICH_REPLY)) await write(response, Uint8Array.of(byte));
    response.end();
  },

  simple(response) {
    begin(response);
    response.end(SIMPLE_REPLY);
  },

  text(response) {
    begin(response, 'text/plain; charset=utf-8');
    response.end('Plain text, 漢字 and 😀.');
  },

  /** Echoes what it was sent. */
  async echo(response, _url, request) {
    begin(response, 'text/plain; charset=utf-8');
    response.write(`${request.method} ${request.headers['x-test']} `);
    for await (const bytes of request) response.write(bytes);
    response.end();
  },

  overloaded(response) {
    response.writeHead(500, { 'content-type': 'application/json', 'retry-after': '2' });
    response.end(JSON.stringify({ error: { message: 'The engine is overloaded', type: 'server_error' } }));
  },

  longError(response) {
    response.writeHead(400, { 'content-type': 'text/plain' });
    response.end('x'.repeat(100_000));
  },

  /** Lines that are no JSON between lines that are. */
  malformed(response) {
    begin(response);
    response.end(`data: {"choices":[{"delta":\n\ndata: nonsense\n\n${SIMPLE_REPLY}`);
  },

  html(response) {
    begin(response, 'text/html');
    response.end('<!doctype html><html><body><h1>Please log in</h1></body></html>');
  },

  /** An error of the provider within the stream. */
  errorInStream(response) {
    begin(response);
    response.end(chunk({ content: 'Half' }) + event({ error: { message: 'Too much', type: 'rate_limit_error', code: 429 } }));
  },

  /** Ends without saying so. */
  unfinished(response) {
    begin(response);
    response.end(chunk({ content: 'Half' }));
  },

  /** A whole reply with its usage, and then nothing but pings, for as long as the client stays. */
  staysOpen(response, url) {
    begin(response);
    response.write(chunk({ content: 'All of it' }) + chunk({}, 'stop') + event({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } }));
    const pings = setInterval(() => response.write(': ping\n\n'), 100);
    response.on('close', () => {
      clearInterval(pings);
      left.add(String(url.searchParams.get('name')));
    });
  },

  /** Whether the client of `staysOpen` with the same `name` has left. */
  hasLeft(response, url) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(String(left.has(String(url.searchParams.get('name')))));
  },

  /** Starts a reply, and breaks the connection at /provider/release with the same `name`. */
  cut(response, url) {
    begin(response);
    response.write(chunk({ content: 'Half a rep' }));
    held.set(String(url.searchParams.get('name')), () => response.destroy());
  },

  /** Starts a reply, and ends it at /provider/release with the same `name`, if ever. */
  hold(response, url) {
    begin(response);
    response.write(chunk({ content: 'First ' }));
    held.set(String(url.searchParams.get('name')), () => response.end(chunk({ content: 'second' }) + chunk({}, 'stop') + 'data: [DONE]\n\n'));
  },

  /** Deltas of `size` characters, numbered at their ends, a hundred a second; ended at the release. */
  numbered(response, url) {
    const size = Number(url.searchParams.get('size'));
    begin(response);
    let n = 0;
    const timer = setInterval(() => response.write(chunk({ content: String(n++).padStart(size, '.') })), NUMBERED_MS);
    const end = () => {
      clearInterval(timer);
      response.end(chunk({}, 'stop') + 'data: [DONE]\n\n');
    };
    response.on('close', () => clearInterval(timer));
    held.set(String(url.searchParams.get('name')), end);
  },

  /** Like `hold`, with nothing sent before the release, not even headers. */
  silent(response, url) {
    held.set(String(url.searchParams.get('name')), () => {
      begin(response);
      response.end(SIMPLE_REPLY);
    });
  },

  release(response, url) {
    const name = String(url.searchParams.get('name'));
    held.get(name)?.();
    response.writeHead(held.delete(name) ? 204 : 404);
    response.end();
  },
};
