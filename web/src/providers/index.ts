/** Back to the provider: stored messages become the history of a next request. */
import { MillraceError } from '../errors.js';
import type { FilePart, Message } from '../types.js';
import { uiMessages, type UiMessage } from './ai-sdk.js';
import { anthropicMessages, type AnthropicMessage } from './anthropic.js';
import type { UrlOfFile } from './media.js';
import { chatMessages, type ChatMessage } from './openai-chat.js';
import { responsesItems } from './openai-responses.js';
import type { ResponsesItem } from './responses-items.js';
import type { ProviderMessagesOptions, Settings } from './settings.js';

export type { AnthropicBlock, AnthropicContent, AnthropicMessage } from './anthropic.js';
export type { UiJson, UiMessage, UiMetadata, UiPart } from './ai-sdk.js';
export type { ChatCall, ChatContent, ChatMessage, ChatReply } from './openai-chat.js';
export type {
  ResponsesCall, ResponsesContent, ResponsesItem, ResponsesMessage, ResponsesOutput, ResponsesReasoning, ResponsesReply, ResponsesWords,
} from './responses-items.js';
export type { ProviderMessagesOptions } from './settings.js';

/** What `toProviderMessages` gives for each format. It fits the types of the provider's own SDK. */
export interface ProviderMessages {
  'openai-chat': ChatMessage[];
  'openai-responses': ResponsesItem[];
  anthropic: AnthropicMessage[];
  'ai-sdk': UiMessage[];
}

export type ProviderFormat = keyof ProviderMessages;

const FORMATS: { readonly [F in ProviderFormat]: (messages: readonly Message[], settings: Settings) => ProviderMessages[F] } = {
  'openai-chat': chatMessages, 'openai-responses': responsesItems, anthropic: anthropicMessages, 'ai-sdk': uiMessages,
};

/**
 * The history of a next request in a provider's own shape, from stored messages: mostly the path of `messages.list`.
 *
 * What an interruption left is repaired, so that the provider accepts it. A call without a result is answered with an error
 * that says so, and its input becomes valid JSON. A result stands where the provider wants it, wherever it was stored; one that
 * answers no call becomes text. Messages without content go. Text always stays, also that of replies that failed.
 *
 * - 'openai-chat': `messages` of Chat Completions. Reasoning goes back only as far as it is signed; see `reasoning`.
 * - 'openai-responses': `input` items. Reasoning goes back where it is there in encrypted form.
 * - 'anthropic': `messages`. Messages of role system are left out: they go into the request's `system`.
 * - 'ai-sdk': UI messages of `ai` 5 to 7.
 *
 * Throws 'invalid-argument' for another format.
 */
export function toProviderMessages<F extends ProviderFormat>(
  messages: readonly Message[], format: F, options: ProviderMessagesOptions = {},
): ProviderMessages[F] {
  if (!Array.isArray(messages)) throw invalid('messages', 'an array', messages);
  if (!Object.hasOwn(FORMATS, format)) throw invalid('format', `one of ${Object.keys(FORMATS).join(', ')}`, format);
  return FORMATS[format](messages, settingsOf(options));
}

function settingsOf({ blobs, signed = () => true, reasoning }: ProviderMessagesOptions): Settings {
  if (typeof signed !== 'function') throw invalid('options.signed', 'a function', signed);
  if (reasoning !== undefined && typeof reasoning !== 'string') throw invalid('options.reasoning', 'the name of a field', reasoning);
  return { urlOf: urlsOf(blobs), signed, reasoning };
}

function urlsOf(blobs: ProviderMessagesOptions['blobs']): UrlOfFile {
  const find = typeof blobs === 'function' ? blobs : ({ blob }: FilePart) => (blob === undefined ? undefined : blobs?.get(blob));
  if (blobs !== undefined && typeof blobs !== 'function' && typeof blobs?.get !== 'function') {
    throw invalid('options.blobs', 'a Map or a function', blobs);
  }
  return (file) => {
    const url: unknown = find(file);
    // A Promise would become '[object Promise]' in silence.
    if (url !== undefined && typeof url !== 'string') throw invalid('The URL of a file', 'a string or undefined', url);
    return url;
  };
}

function invalid(what: string, kind: string, value: unknown): MillraceError {
  const got = typeof value === 'object' && value ? 'an object' : JSON.stringify(value) ?? typeof value;
  return new MillraceError('invalid-argument', `${what} must be ${kind}, got ${got}`);
}
