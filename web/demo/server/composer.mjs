// What the demo's model "thinks": from a conversation to the deltas of its next message.
//
//   last message             reply
//   user                ──▶  reasoning, a sentence, tool calls       finish: tool_calls
//   user, no tools      ──▶  reasoning, prose                        finish: stop
//   tool                ──▶  reasoning, prose that uses the results  finish: stop
//   CONTINUE_PROMPT     ──▶  the rest of the prose before it         finish: stop
//
// The prose follows from the conversation alone, so that a reply cut off anywhere can be continued
// from its own text: a longer reply begins with the shorter one.
import { almanac } from './almanac.mjs';
import { HttpError } from './messages.mjs';
import { essaysFor } from './essays.mjs';
import { planToolCalls } from './tool-plan.mjs';

// The page adds this as a last message of the user when a person asks to go on.
const CONTINUE_PROMPT = /^Continue your last reply exactly where it stopped/;
// A reply lasts about so long, whatever the rate...
const REPLY_SECONDS = 12;
// ...but is never longer: 30 s at 2,000 a second, about 300 KB of text.
const MAX_DELTAS = 60_000;
// Deltas before a reply that is to fail does so.
const DELTAS_BEFORE_FAILURE = 120;

/**
 * @param body of the request
 * @param {() => number} rate deltas a second, as it is now: it may change while the reply goes on
 * @returns {{ deltas: Iterable<object>, finishReason: string, ending?: 'drop' | 'error' }}
 */
export function composeReply(body, rate) {
  const messages = checked(body.messages);
  const prompt = lastPrompt(messages);
  // A failure happens once: what is asked to go on afterwards goes on.
  const failure = isContinue(messages.at(-1)) ? undefined : /^!(http-500|drop|error)\b/.exec(prompt)?.[1];
  if (failure === undefined) return answer(messages, prompt, body.tools ?? [], rate);
  if (failure === 'http-500') throw new HttpError(500, 'The model server failed, as you asked it to.', 'server_error');
  const { deltas, finishReason } = answer(messages, prompt, [], rate);
  return { deltas: first(DELTAS_BEFORE_FAILURE, deltas), finishReason, ending: failure };
}

function answer(messages, prompt, tools, rate) {
  const last = messages.at(-1);
  const results = toolResults(messages);
  const files = filesWith(messages.findLast(isPrompt) ?? {});
  if (isContinue(last)) {
    return { deltas: prose(prompt, results, files, rate, textOf(messages.at(-2) ?? {})), finishReason: 'stop' };
  }
  const plan = last.role === 'user' ? planToolCalls(prompt, tools) : undefined;
  if (plan !== undefined && plan.calls.length > 0) {
    return { deltas: [...reasoning(plan.reasoning), ...content(plan.sentence), ...toolCalls(plan.calls)], finishReason: 'tool_calls' };
  }
  const thought = last.role === 'tool'
    ? 'The tool has answered. I will say what it found, in one sentence, and then get on with what was asked.'
    : 'Nothing has to be looked up for this. I can answer at once; a few headings and a table will make it easier to read.';
  return { deltas: joined(reasoning(thought), prose(prompt, results, files, rate, '')), finishReason: 'stop' };
}

/**
 * The deltas of the text that follows from the conversation, from where `start` stops agreeing with
 * it. Ends with a block, after about REPLY_SECONDS at the rate of that moment.
 */
function* prose(prompt, results, files, rate, start) {
  let same = 0;
  let sent = 0;
  for (const block of blocksFor(prompt, results, files)) {
    let from = 0;
    while (from < block.length && same < start.length && start[same] === block[from]) {
      from++;
      same++;
    }
    // Once the two differ, nothing of `start` is looked for any more.
    if (from < block.length) same = start.length;
    for (const delta of content(block.slice(from))) {
      yield delta;
      sent++;
    }
    if (sent > 0 && (sent >= rate() * REPLY_SECONDS || sent >= MAX_DELTAS)) return;
  }
}

/** The blocks of the text, without end; joined they are the text. */
function* blocksFor(prompt, results, files) {
  const seed = hash(prompt);
  yield opening(results);
  if (files > 0) yield `\n\nYou have sent ${files === 1 ? 'a file' : `${files} files`} with it. I can hold ${files === 1 ? 'it' : 'them'}, but not read.`;
  for (const essay of essaysFor(prompt, seed)) yield `\n\n${essay}`;
  for (const block of almanac(seed)) yield `\n\n${block}`;
}

function opening(results) {
  if (results.length === 0) return 'Gladly. Here is what I would say about it.';
  return `Here is what I found: ${results.map((result) => `**${plain(result)}**`).join(', and ')}. With that out of the way, to your question.`;
}

/** A tool's result as one line, with nothing that Markdown would take for its own. */
function plain(text) {
  const line = text.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
  const short = line.length > 140 ? `${line.slice(0, 139)}…` : line;
  return short.replace(/[*_`<>[\]|\\~#]/g, '\\$&');
}

/** Cuts a text as a model would: words, parts of long words, signs. Surrogate pairs stay whole. */
function pieces(text) {
  return text.match(/\s*(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]{1,2}|[\p{L}\p{N}\p{M}’']{1,7}|[^\s])|\s+/gu) ?? [];
}

const reasoning = (text) => pieces(text).map((reasoning_content) => ({ reasoning_content }));
const content = (text) => pieces(text).map((piece) => ({ content: piece }));

function* joined(...sequences) {
  for (const sequence of sequences) yield* sequence;
}

function* first(count, sequence) {
  let left = count;
  for (const item of sequence) {
    if (left-- === 0) return;
    yield item;
  }
}

function toolCalls(calls) {
  return calls.flatMap(({ id, name, input }, index) => [
    { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
    ...(JSON.stringify(input).match(/.{1,4}/gsu) ?? []).map((fragment) => ({
      tool_calls: [{ index, function: { arguments: fragment } }],
    })),
  ]);
}

/** As strict as the providers are about tool calls without an answer. */
function checked(messages) {
  if (!Array.isArray(messages) || messages.length === 0) throw new HttpError(400, 'messages must not be empty.');
  const open = new Set();
  for (const message of messages) {
    if (message?.role === 'tool') open.delete(message.tool_call_id);
    else if (open.size > 0) break;
    for (const call of message?.tool_calls ?? []) open.add(call.id);
  }
  if (open.size > 0) throw new HttpError(400, `No result follows the tool calls ${[...open].join(', ')}.`);
  return messages;
}

const isContinue = (message) => message.role === 'user' && CONTINUE_PROMPT.test(textOf(message));
const isPrompt = (message) => message.role === 'user' && !isContinue(message);

/** What a person typed is the first part; files come after it. */
function lastPrompt(messages) {
  const { content = '' } = messages.findLast(isPrompt) ?? {};
  return textOf({ content: Array.isArray(content) ? content.slice(0, 1) : content });
}

/** How many files came with a message. */
function filesWith({ content }) {
  if (!Array.isArray(content)) return 0;
  return content.filter((part, index) => part?.type !== 'text' || index > 0).length;
}

/** The results of the tools called for the last prompt. */
function toolResults(messages) {
  return messages.slice(messages.findLastIndex(isPrompt) + 1).filter((message) => message.role === 'tool').map(textOf);
}

function textOf({ content }) {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (part?.type === 'text' ? part.text : '')).join('');
}

/** FNV-1a over UTF-16 units. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
