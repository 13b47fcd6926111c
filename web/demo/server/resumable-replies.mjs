// Replies that outlive their connection. One that was asked for with `resumable: true` and a name goes on without a reader for a
// while, and GET /demo/replies/<name> sends it again from its beginning. POST /demo/cut breaks connections, to show it.
import { HttpError, readJson, sendJson } from './messages.mjs';
import { OutgoingReply } from './outgoing-reply.mjs';

const WITHOUT_READER_MS = 60_000;
const AFTER_END_MS = 60_000;
const MAX_REPLIES = 50;
// The longest reply has some 15 million.
const MAX_CHARACTERS = 64_000_000;
const NAME = /^[\w-]{8,64}$/;

/** By name, the oldest first. @type {Map<string, { outgoing: OutgoingReply, pace: string | undefined }>} */
const kept = new Map();

/** A reply to `response`. `name`: under which it is kept; undefined: it ends with its connection. `pace`: what the page calls its rate. */
export function openReply(response, headers, name, pace) {
  const outgoing = new OutgoingReply(headers, name === undefined ? 0 : WITHOUT_READER_MS);
  if (name !== undefined) keep(name, outgoing, pace);
  outgoing.attach(response);
  return outgoing;
}

/** `whole`: it came to its end, and can be asked for a while longer. */
export function closeReply(outgoing, whole) {
  trim();
  const name = [...kept.keys()].find((one) => kept.get(one).outgoing === outgoing);
  if (name === undefined) return;
  if (whole) setTimeout(() => kept.get(name)?.outgoing === outgoing && drop(name), AFTER_END_MS).unref();
  else drop(name);
}

/** The name that a request gives to its reply; undefined if that is not to be kept. */
export function nameOf({ resumable, reply }) {
  if (resumable !== true) return undefined;
  if (typeof reply !== 'string' || !NAME.test(reply)) throw new HttpError(400, 'A resumable reply needs a name: { reply: string }.');
  return reply;
}

export const isKept = (name) => kept.has(name);

/** Sends a reply again, then goes on live; 204 if there is none of that name. `select`: see OutgoingReply. */
export function handleReplay(response, name, select) {
  const found = kept.get(name);
  if (found === undefined) return void response.writeHead(204, { 'Cache-Control': 'no-store' }).end();
  found.outgoing.attach(response, select);
}

export async function handleCut(request, response) {
  const { pace } = await readJson(request);
  if (typeof pace !== 'string') throw new HttpError(400, 'Wanted: { pace: string }.');
  const running = [...kept.values()].filter(({ outgoing, pace: name }) => name === pace && !outgoing.over);
  sendJson(response, 200, { cut: running.reduce((sum, { outgoing }) => sum + outgoing.cut(), 0) });
}

/** For a server that closes. */
export function dropAllReplies() {
  for (const name of [...kept.keys()]) drop(name);
}

function keep(name, outgoing, pace) {
  drop(name);
  kept.set(name, { outgoing, pace });
  trim();
}

function trim() {
  const length = () => [...kept.values()].reduce((sum, one) => sum + one.outgoing.length, 0);
  while (kept.size > MAX_REPLIES || (kept.size > 1 && length() > MAX_CHARACTERS)) drop(kept.keys().next().value);
}

function drop(name) {
  kept.get(name)?.outgoing.forget();
  kept.delete(name);
}
