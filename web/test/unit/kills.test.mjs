// @ts-check
/** The judge of the kills: what is right passes, and whatever is wrong is seen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Round } from '../kills/ledger.mjs';
import { deltaOf, isWhole } from '../kills/sequence.js';
import { lossOf, verify } from '../kills/verify.mjs';

const text = (/** @type {number} */ deltas) => Array.from({ length: deltas }, (_, n) => deltaOf(n)).join('');

function played() {
  const round = new Round();
  round.note({ title: 3 });
  round.note({ id: 'stream', created: 'assistant' });
  round.note({ id: 'stream', text: text(5).length });
  round.note({ id: 'draft', created: 'assistant' });
  round.note({ id: 'draft', text: text(2).length, call: 'call-0' });
  round.note({ id: 'draft', finished: text(4).length });
  round.note({ id: 'user', created: 'user' });
  round.note({ id: 'deleted', created: 'user' });
  round.note({ id: 'deleted', deleted: 'asked' });
  round.note({ id: 'deleted', deleted: 'done' });
  return round;
}

/** Loose, to be spoilt. @returns {any} */
function leftOver() {
  const message = (/** @type {object} */ own) => ({ sessionId: 's', role: 'assistant', isSummary: false, createdAt: 1, updatedAt: 2, finishedAt: 2, version: 9, ...own });
  const finish = (/** @type {string} */ reason) => ({ type: 'finish', reason, time: 2 });
  return {
    recovered: [{ messageId: 'stream', sessionId: 's' }],
    integrity: 'ok', title: '4', messageCount: 3, digests: {},
    messages: [
      message({ id: 'stream', parts: [{ type: 'text', text: text(6) }, finish('interrupted')] }),
      message({ id: 'draft', parts: [
        { type: 'text', text: text(2) }, { type: 'tool_call', id: 'call-0', name: 'f', input: '{}', finished: true },
        { type: 'text', text: text(4).slice(text(2).length) }, finish('end_turn'),
      ] }),
      message({ id: 'user', role: 'user', parts: [{ type: 'text', text: 'user' }] }),
    ],
  };
}

/** @type {Readonly<Record<string, (found: any) => void>>} */
const SPOILT = {
  'a damaged file': (found) => { found.integrity = 'row 3 missing from index'; },
  'an older title': (found) => { found.title = '2'; },
  'a message that is not counted': (found) => { found.messageCount = 2; },
  'less of a stream than was acknowledged': ({ messages: [stream] }) => { stream.parts[0].text = text(4); },
  'a gap': ({ messages: [stream] }) => { stream.parts[0].text = text(6).replace('3 ', ''); },
  'a delta twice': ({ messages: [stream] }) => { stream.parts[0].text = text(6) + deltaOf(5); },
  'unfinished': ({ messages: [stream] }) => { delete stream.finishedAt; },
  'finished twice': ({ messages: [stream] }) => { stream.parts.push(stream.parts[1]); },
  'not recovered': (found) => { found.recovered = []; },
  'recovered twice': (found) => { found.recovered.push(found.recovered[0]); },
  'recovered though it was finished': (found) => { found.recovered.push({ messageId: 'draft', sessionId: 's' }); },
  'a created message that is gone': (found) => { found.messages.splice(2, 1); found.messageCount--; },
  'another text': ({ messages: [, , user] }) => { user.parts[0].text = 'else'; },
  'a tool call that is gone': ({ messages: [, draft] }) => { draft.parts.splice(1, 1); },
  'a tool call twice': ({ messages: [, draft] }) => { draft.parts.push(draft.parts[1]); },
  'less than was finished': ({ messages: [, draft] }) => { draft.parts[2].text = deltaOf(2); },
  'a finish that is taken back': ({ messages: [, draft] }) => { draft.parts[3].reason = 'interrupted'; },
  'a deleted message that is there again': (found) => {
    found.messages.push({ ...found.messages[2], id: 'deleted', parts: [{ type: 'text', text: 'deleted' }] });
    found.messageCount++;
  },
};

test('what is as it was acknowledged passes', () => {
  assert.deepEqual(verify(played(), leftOver()), []);
});

for (const [what, spoil] of Object.entries(SPOILT)) {
  test(`it sees ${what}`, () => {
    const found = leftOver();
    spoil(found);
    assert.notDeepEqual(verify(played(), found), []);
  });
}

test('a loss is what was given before the kill and is not there', () => {
  const round = new Round();
  for (const n of [0, 1, 2, 3]) round.note({ id: 'draft', handed: [text(n + 1).length, 100 + n] });
  assert.deepEqual(lossOf(round.message('draft'), { ...leftOver().messages[0], parts: [{ type: 'text', text: text(2) }] }, 102.5), { deltas: 1, ms: 0.5 });
  assert.ok(isWhole(text(9)) && !isWhole(`${text(2)}3 `));
});
