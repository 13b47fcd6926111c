// @ts-check
/** Replies as the AI SDK itself sends them, and as its own reader understands them. */
import * as ai6 from 'ai';
import * as ai7 from 'ai-7';
import { MockLanguageModelV3 } from 'ai/test';
import { MockLanguageModelV4 } from 'ai-7/test';
import { z } from 'zod';

const USAGE = {
  inputTokens: { total: 5, noCache: 3, cacheRead: 2, cacheWrite: 0 }, outputTokens: { total: 7, text: 5, reasoning: 2 },
};

/** What the model says: in its first step it calls a tool, in the second it answers. */
const STEPS = [
  [
    { type: 'stream-start', warnings: [] },
    { type: 'reasoning-start', id: 'r' },
    { type: 'reasoning-delta', id: 'r', delta: 'Let me ' }, { type: 'reasoning-delta', id: 'r', delta: 'see 🤔.' },
    { type: 'reasoning-end', id: 'r', providerMetadata: { mock: { signature: 'c2ln' } } },
    { type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: 'Two ' }, { type: 'text-delta', id: '0', delta: 'things.' },
    { type: 'text-end', id: '0' },
    { type: 'tool-input-start', id: 'c1', toolName: 'weather' }, { type: 'tool-input-start', id: 'c2', toolName: 'weather' },
    { type: 'tool-input-delta', id: 'c1', delta: '{"city":' }, { type: 'tool-input-delta', id: 'c2', delta: '{"city":"Rom"}' },
    { type: 'tool-input-delta', id: 'c1', delta: '"Köln"}' },
    { type: 'tool-input-end', id: 'c1' }, { type: 'tool-input-end', id: 'c2' },
    { type: 'tool-call', toolCallId: 'c1', toolName: 'weather', input: '{"city":"Köln"}' },
    { type: 'tool-call', toolCallId: 'c2', toolName: 'weather', input: '{"city":"Rom"}' },
    { type: 'source', sourceType: 'url', id: 's1', url: 'https://example.com', title: 'Example' },
    { type: 'finish', finishReason: { unified: 'tool-calls', raw: 'tool_calls' }, usage: USAGE },
  ],
  [
    { type: 'text-start', id: '0' }, { type: 'text-delta', id: '0', delta: 'It is warm in ' },
    { type: 'text-delta', id: '0', delta: 'both 😀.' }, { type: 'text-end', id: '0' },
    { type: 'finish', finishReason: { unified: 'stop', raw: 'stop' }, usage: USAGE },
  ],
];

/** @param {typeof ai6} ai @param {new (options: any) => any} Model @returns {ReadableStream<any>} */
function chunks(ai, Model) {
  let step = 0;
  const model = new Model({ doStream: async () => ({ stream: ai.simulateReadableStream({ initialDelayInMs: null, chunkDelayInMs: null, chunks: STEPS[step++] ?? [] }) }) });
  const weather = ai.tool({
    inputSchema: z.object({ city: z.string() }),
    execute: async (/** @type {{ city: string }} */ { city }) => {
      if (city === 'Rom') throw new Error('no such station');
      return { city, degrees: 20 };
    },
  });
  return ai.createUIMessageStream({
    generateId: () => 'm1',
    execute({ writer }) {
      writer.write({ type: 'data-progress', id: 'p', data: { done: 0 } });
      writer.write({ type: 'data-secret', data: 'not kept', transient: true });
      const result = ai.streamText({ model, prompt: 'What is the weather?', stopWhen: ai.stepCountIs(3), tools: { weather } });
      writer.merge(result.toUIMessageStream({
        sendReasoning: true, sendSources: true,
        messageMetadata: ({ part }) => (part.type === 'finish' ? { totalUsage: part.totalUsage } : undefined),
      }));
      void result.consumeStream().then(() => writer.write({ type: 'data-progress', id: 'p', data: { done: 1 } }));
    },
  });
}

/** @typedef {'ai 6' | 'ai 7'} Version */
/** @type {Record<Version, { response(): Response; message(): Promise<any> }>} */
export const AI_SDK = {
  'ai 6': replies(/** @type {any} */ (ai6), MockLanguageModelV3),
  'ai 7': replies(/** @type {any} */ (ai7), MockLanguageModelV4),
};

/** @param {typeof ai6} ai @param {new (options: any) => any} Model */
function replies(ai, Model) {
  return {
    response: () => ai.createUIMessageStreamResponse({ stream: chunks(ai, Model) }),
    async message() {
      let last;
      for await (const message of ai.readUIMessageStream({ stream: chunks(ai, Model) })) last = message;
      return last;
    },
  };
}
