/** What `toProviderMessages` gives fits the types of each SDK without a cast. Compiled by unit/provider-messages-types.test.mjs. */
import type Anthropic from '@anthropic-ai/sdk';
import type { UIMessage } from 'ai';
import type { UIMessage as UIMessage7 } from 'ai-7';
import type { Message } from 'millrace';
import { toProviderMessages } from 'millrace';
import type OpenAI from 'openai';

declare const stored: Message[];

export const chat: OpenAI.ChatCompletionMessageParam[] = toProviderMessages(stored, 'openai-chat', { reasoning: 'reasoning_content' });
export const items: OpenAI.Responses.ResponseInputItem[] = toProviderMessages(stored, 'openai-responses', { blobs: new Map([['id', 'data:,']]) });
export const anthropic: Anthropic.MessageParam[] = toProviderMessages(stored, 'anthropic', { blobs: ({ name }) => name });
export const ui: UIMessage[] = toProviderMessages(stored, 'ai-sdk');
export const ui7: UIMessage7[] = toProviderMessages(stored, 'ai-sdk', { signed: ({ provider }) => provider === 'openai' });
// As a request takes them.
export const request: OpenAI.ChatCompletionCreateParams = { model: 'm', messages: toProviderMessages(stored, 'openai-chat') };
export const response: OpenAI.Responses.ResponseCreateParams = { model: 'm', input: toProviderMessages(stored, 'openai-responses') };
export const message: Anthropic.MessageCreateParams = { model: 'm', max_tokens: 1, messages: toProviderMessages(stored, 'anthropic') };
// Any format, known only when it runs.
declare const format: 'openai-chat' | 'openai-responses' | 'anthropic' | 'ai-sdk';
export const any: unknown[] = toProviderMessages(stored, format);
// @ts-expect-error No such format.
toProviderMessages(stored, 'gemini');
// @ts-expect-error The types of the SDKs do check something.
export const wrong: Anthropic.MessageParam[] = toProviderMessages(stored, 'openai-chat');
