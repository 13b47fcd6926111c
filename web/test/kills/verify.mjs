// @ts-check
/** Holds what was found after a kill against what had been acknowledged before it. */
import { isWhole } from './sequence.js';
import { finishOf, textOf } from '../support/page/context.js';

/** @import { Message } from '../../dist/index.js' */
/** @import { MessageRecord, Round } from './ledger.mjs' */
/** @import { Found } from './reader.js' */

/** What was given before the kill and is not there. @typedef {{ deltas: number; ms: number }} Loss */

/** @param {Round} round @param {Found} found @returns {string[]} what is wrong */
export function verify(round, found) {
  /** @type {string[]} */
  const problems = [];
  const check = (/** @type {boolean} */ holds, /** @type {string} */ problem) => { if (!holds) problems.push(problem); };
  const stored = new Map(found.messages.map((message) => [message.id, message]));
  const recovered = found.recovered.map(({ messageId }) => messageId);

  check(found.integrity === 'ok', `integrity_check: ${found.integrity}`);
  check(Number(found.title) >= round.title, `the title is ${found.title}, ${round.title} was acknowledged`);
  check(found.messageCount === stored.size && stored.size === found.messages.length, `${found.messageCount} messages are counted, ${found.messages.length} listed`);
  check(new Set(recovered).size === recovered.length, `recovered twice: ${recovered}`);
  for (const id of recovered) check(stored.has(id), `${id} is recovered, but not of this session`);
  for (const message of found.messages) problems.push(...Array.from(ofItself(message, recovered), (problem) => `${message.id}: ${problem}`));
  for (const [id, record] of round.messages) problems.push(...Array.from(asTold(stored.get(id), record), (problem) => `${id}: ${problem}`));
  return problems;
}

/** What must hold of any message that is there. @param {Message} message @param {readonly string[]} recovered @returns {Generator<string, void>} */
function* ofItself(message, recovered) {
  if (message.role === 'user') {
    if (textOf(message) !== message.id) yield `the text is "${textOf(message)}"`;
    return;
  }
  if (!isWhole(textOf(message))) yield `something is missing or twice: "${textOf(message)}"`;
  const finishes = message.parts.filter(({ type }) => type === 'finish').length;
  if (finishes !== 1 || message.finishedAt === undefined) yield `${finishes} finish parts, finished at ${message.finishedAt}`;
  const expected = recovered.includes(message.id) ? 'interrupted' : 'end_turn';
  if (finishOf(message)?.reason !== expected) yield `finished as ${finishOf(message)?.reason}, not ${expected}`;
  // It has no end of its own.
  if (message.id.endsWith('-stream') && expected !== 'interrupted') yield 'the stream is not recovered';
  const calls = message.parts.flatMap((part) => (part.type === 'tool_call' ? [part.id] : []));
  if (new Set(calls).size !== calls.length) yield `a tool call twice: ${calls}`;
}

/** What must hold because it was acknowledged. @param {Message | undefined} message @param {MessageRecord} record @returns {Generator<string, void>} */
function* asTold(message, { created, text, calls, finished, deleted }) {
  if (deleted === 'done' && message) yield 'is there again after its deletion';
  if (deleted || (!created && !message)) return;
  if (!message) return yield 'was created, and is not there';
  const { length } = textOf(message);
  if (created === 'assistant' && length < text) yield `${text} characters were acknowledged, ${length} are there`;
  for (const call of calls) {
    if (!message.parts.some((part) => part.type === 'tool_call' && part.id === call)) yield `the tool call ${call} is not there`;
  }
  if (finished === undefined) return;
  if (length !== finished) yield `finished with ${finished} characters, ${length} are there`;
  if (finishOf(message)?.reason !== 'end_turn') yield `finished, and is ${finishOf(message)?.reason}`;
}

/**
 * What was given to a message until the kill and is not stored. A message that was never saved lost nothing: its
 * creation was not acknowledged.
 * @param {MessageRecord} record @param {Message | undefined} message @param {number} killedAt @returns {Loss}
 */
export function lossOf({ given }, message, killedAt) {
  if (!message) return { deltas: 0, ms: 0 };
  const { length } = textOf(message);
  const lost = given.filter(([end, at]) => end > length && at <= killedAt);
  return { deltas: lost.length, ms: lost[0] ? killedAt - lost[0][1] : 0 };
}
