// Pieces of the conversation that composer.mjs takes: the messages and tools of OpenAI's chat protocol.
import { HttpError } from '../messages.mjs';

export const toolNamed = (name) => ({ type: 'function', function: { name } });

export const callOf = (id, name, input) => ({ id, type: 'function', function: { name, arguments: input } });

/** A reply of the model; calls without an answer are for the composer to refuse. */
export const replyOf = (content, calls) => ({ role: 'assistant', content, ...(calls.length > 0 && { tool_calls: calls }) });

export const resultOf = (id, content) => ({ role: 'tool', tool_call_id: id, content: typeof content === 'string' ? content : textOf(content) });

/** What a user says: words as they are, anything else as a file that can be counted. */
export function saidOf(role, content) {
  if (typeof content === 'string') return { role, content };
  return { role, content: listOf(content).map((part) => (typeof part?.text === 'string' ? { type: 'text', text: part.text } : { type: 'file' })) };
}

export const textOf = (parts) => listOf(parts).map((part) => part?.text ?? '').join('');

export function listOf(value) {
  if (!Array.isArray(value)) throw new HttpError(400, 'A list was expected.');
  return value;
}

/** These endpoints know no other way. */
export function mustStream({ stream }) {
  if (stream !== true) throw new HttpError(400, 'This server only streams here: { stream: true }.');
}
