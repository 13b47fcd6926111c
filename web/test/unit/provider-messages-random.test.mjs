// @ts-check
/** Random histories, interrupted at every place: each provider accepts what becomes of them, and no words are lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ai6 from 'ai';
import * as ai7 from 'ai-7';
import { toProviderMessages } from '../../dist/providers/index.js';
import { anthropicAccepts, chatAccepts, modelAccepts, responsesAccepts } from './providers/rules.mjs';
import { BLOBS, interruptionsOf, randomHistory, wordsIn } from './providers/stored.mjs';

/** @import { Message } from '../../dist/index.js' */

const HISTORIES = Number(process.env.MILLRACE_HISTORIES ?? 200);
const FROM = Number(process.env.MILLRACE_SEED ?? 1);
/** Each of them is read by four functions of the SDKs. */
const HISTORIES_OF_SDK = HISTORIES / 4;

/** @param {unknown} sent @param {string[]} words */
function holds(sent, words) {
  const text = JSON.stringify(sent);
  for (const word of words) assert.ok(text.includes(word), `${word} is lost`);
}

/** @param {number} seed @param {(messages: Message[]) => void | Promise<void>} check */
async function everywhere(seed, check) {
  const history = randomHistory(seed);
  for (const messages of [history, ...interruptionsOf(history)]) {
    const before = structuredClone(messages);
    try {
      await check(messages);
    } catch (error) {
      throw new Error(`seed ${seed}: ${/** @type {Error} */ (error).message}\n${JSON.stringify(messages.map(({ role, parts }) => ({ role, parts })), null, 1)}`, { cause: error });
    }
    assert.deepEqual(messages, before, 'what was given has not changed');
  }
}

for (const signed of [true, false]) {
  const options = { blobs: BLOBS, signed: () => signed };
  test(`OpenAI and Anthropic accept every history${signed ? '' : ', without signatures'}`, async () => {
    for (let seed = FROM; seed < FROM + HISTORIES; seed++) {
      await everywhere(seed, (messages) => {
        const chat = toProviderMessages(messages, 'openai-chat', options);
        chatAccepts(chat);
        holds(chat, wordsIn(messages));
        const items = toProviderMessages(messages, 'openai-responses', options);
        responsesAccepts(items);
        holds(items, wordsIn(messages));
        const anthropic = toProviderMessages(messages, 'anthropic', options);
        anthropicAccepts(anthropic);
        holds(anthropic, wordsIn(messages, ({ role }) => role !== 'system'));
        if (!signed) assert.doesNotMatch(JSON.stringify([chat, items, anthropic]), /signature|thinking|encrypted|opaque/);
      });
    }
  });
}

for (const [version, sdk] of /** @type {[string, any][]} */ ([['6', ai6], ['7', ai7]])) {
  test(`AI SDK ${version} accepts every history`, async () => {
    for (let seed = FROM; seed < FROM + HISTORIES_OF_SDK; seed++) {
      await everywhere(seed, async (messages) => {
        const ui = toProviderMessages(messages, 'ai-sdk', { blobs: BLOBS });
        holds(ui, wordsIn(messages));
        if (ui.length === 0) return;
        const checked = await sdk.safeValidateUIMessages({ messages: ui });
        assert.ok(checked.success, checked.error?.message);
        assert.deepEqual(checked.data, ui, 'nothing of it is unknown');
        assert.ok(!JSON.stringify(ui).includes('input-streaming'));
        const model = await sdk.convertToModelMessages(ui);
        modelAccepts(model);
        holds(model, wordsIn(messages));
      });
    }
  });
}
