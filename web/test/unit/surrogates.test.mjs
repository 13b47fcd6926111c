// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PageDraft } from '../../dist/client/drafts/draft.js';
import { wellFormed } from '../../dist/client/drafts/unicode.js';
import { assistantMessage, makePage } from './page.mjs';

const [HIGH, LOW] = ['\ud83d', '\ude00'];
const EMOJI = HIGH + LOW;

/** @param {(draft: PageDraft) => void} write */
function written(write) {
  const page = makePage();
  const call = { type: /** @type {const} */ ('tool_call'), name: 'f', input: '', finished: false };
  const draft = new PageDraft(page, assistantMessage({ parts: [{ ...call, id: 'x' }, { ...call, id: 'y' }] }), 'writer');
  write(draft);
  page.outbox.flush();
  const sent = page.worker.take().filter(({ type }) => type === 'write').flatMap(({ mutations }) => mutations);
  const parts = draft.message.parts.slice(2).map((part) => ('text' in part ? part.text : part.type));
  return { sent: sent.map((mutation) => mutation.text ?? mutation.op), parts };
}

test('a pair split between two deltas arrives whole', () => {
  const { sent, parts } = written((draft) => {
    draft.appendText(`a${HIGH}`);
    draft.appendText(`${LOW}b`);
  });
  assert.deepEqual(sent, [`a${EMOJI}b`]);
  assert.deepEqual(parts, [`a${EMOJI}b`]);
});

test('a pair split between deltas with a flush and empty deltas between them arrives whole', () => {
  const { parts } = written((draft) => {
    draft.appendText(HIGH);
    draft.appendText('');
    void draft.flush();
    draft.appendText(LOW);
  });
  assert.deepEqual(parts, [EMOJI]);
});

test('each tool call holds its own half', () => {
  const { sent } = written((draft) => {
    draft.appendToolInput('x', HIGH);
    draft.appendToolInput('y', HIGH);
    draft.appendToolInput('x', LOW);
    draft.appendToolInput('y', LOW);
  });
  assert.deepEqual(sent, [EMOJI, EMOJI]);
});

test('a half that stays alone is U+FFFD, before whatever closes its part', () => {
  const { sent, parts } = written((draft) => {
    draft.appendText(`a${HIGH}`);
    draft.appendReasoning(`b${HIGH}`);
    draft.appendText(`c${HIGH}`);
    void draft.finish();
  });
  assert.deepEqual(sent, ['a\ufffd', 'b\ufffd', 'c\ufffd', 'finish']);
  assert.deepEqual(parts, ['a\ufffd', 'b\ufffd', 'c\ufffd', 'finish']);
});

test('a reset drops the half with the text', () => {
  const { parts } = written((draft) => {
    draft.appendText(`a${HIGH}`);
    void draft.reset();
    draft.appendText(`${LOW}b`);
  });
  assert.deepEqual(parts, []);
  const { sent } = written((draft) => {
    draft.appendText(HIGH);
    void draft.reset();
    draft.appendText('b');
  });
  assert.deepEqual(sent, ['reset', 'b']);
});

test('lone halves inside a delta are U+FFFD, pairs are left alone', () => {
  assert.equal(wellFormed(`${LOW}a${EMOJI}${HIGH}b${HIGH}`), `\ufffda${EMOJI}\ufffdb\ufffd`);
  assert.equal(wellFormed(`${HIGH}${HIGH}${LOW}`), `\ufffd${EMOJI}`);
  assert.equal(wellFormed('plain'), 'plain');
});
