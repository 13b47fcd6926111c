// Sends the deltas of a reply at its pace, in the words of a protocol.
import { closeReply, openReply } from './resumable-replies.mjs';

/**
 * @param {import('node:http').ServerResponse} response
 * @param {{ headers: object, name?: string }} kind see openReply
 * @param reply see composeReply
 * @param {import('./pace.mjs').Pace} pace
 * @param {{ start(): string, delta(delta): string, end(count: { sent: number, thought: number }): string, failure(): string }} words
 *   of the protocol. `sent` and `thought`: deltas, which are tokens here; all of them, and those of the reasoning.
 */
export async function streamReply(response, { headers, name }, reply, pace, words) {
  const outgoing = openReply(response, headers, name, pace.name);
  let whole = false;
  try {
    whole = await send(outgoing, reply, pace, words);
  } finally {
    closeReply(outgoing, whole);
  }
}

/** Whether the reply came to its end. */
async function send(outgoing, reply, pace, words) {
  await outgoing.write(words.start());
  const deltas = reply.deltas[Symbol.iterator]();
  const count = { sent: 0, thought: 0 };
  for (let done = false; !done && !outgoing.signal.aborted;) {
    let text = '';
    for (let due = await pace.due(outgoing.signal); due > 0; due--) {
      const next = deltas.next();
      done = next.done === true;
      if (done) break;
      text += words.delta(next.value);
      count.sent++;
      if (next.value.reasoning_content !== undefined) count.thought++;
    }
    if (text !== '') await outgoing.write(text);
  }
  if (outgoing.signal.aborted) return false;
  if (reply.ending === 'drop') {
    outgoing.cut();
    return false;
  }
  outgoing.end(reply.ending === 'error' ? words.failure() : words.end(count));
  return true;
}
