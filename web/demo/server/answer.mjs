// What all protocols have in common: a conversation is composed into a reply, which goes out at its pace.
import { composeReply } from './composer.mjs';
import { Pace } from './pace.mjs';
import { streamReply } from './reply-stream.mjs';

/** The headers of Server-Sent Events. */
export const EVENT_STREAM = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' };

const MODEL = 'millrace-demo';
const CHARACTERS_PER_TOKEN = 4;  // what a prompt is billed at; there is no tokenizer here

/**
 * Streams the reply to a conversation, which has the messages and tools of OpenAI's chat protocol.
 * @param {{ headers?: object, name?: string, conversation: { messages: object[], tools?: object[] } }} kind `name`: see openReply
 * @param {(reply) => object} wordsFor the reply in the words of a protocol: see streamReply
 */
export async function streamAnswer(response, body, { headers = EVENT_STREAM, name, conversation }, wordsFor) {
  const pace = new Pace(body.deltas_per_second, typeof body.pace === 'string' ? body.pace : undefined);
  try {
    const reply = composeReply(conversation, () => pace.rate);
    await streamReply(response, { headers, name }, reply, pace, wordsFor(reply));
  } finally {
    pace.end();
  }
}

/** What the page calls the model; the demo has one only. */
export const modelOf = ({ model }) => (typeof model === 'string' && model !== '' ? model : MODEL);

/** What a prompt takes: all of it, and what was read before. */
export function promptTokens(messages) {
  // What came before the last reply was part of the request for that reply already, and is billed as cached.
  const known = messages.slice(0, Math.max(0, messages.findLastIndex(({ role }) => role === 'assistant')));
  return { prompt: tokensOf(messages), cached: known.length === 0 ? 0 : tokensOf(known) };
}

function tokensOf(messages) {
  return Math.ceil(JSON.stringify(messages).length / CHARACTERS_PER_TOKEN);
}
