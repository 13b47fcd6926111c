import type { ProviderFormat, ResumePoint } from 'millrace';
import type { Settings } from './settings.js';
import { TOOL_DEFINITIONS } from './tools.js';

/** How the page speaks with the model's server. */
export type Protocol = ProviderFormat;

interface Words {
  readonly name: string;
  /** Behind the base URL. */
  readonly path: string;
  /** What a request has beside the model and the deltas. `history`: as `historyFor` has it. */
  body(history: readonly unknown[]): object;
  headers(key: string): Record<string, string>;
}

const bearer = (key: string): Record<string, string> => (key === '' ? {} : { Authorization: `Bearer ${key}` });

export const PROTOCOLS: Readonly<Record<Protocol, Words>> = {
  'openai-chat': {
    name: 'OpenAI-compatible',
    path: 'chat/completions',
    body: (messages) => ({ messages, tools: TOOL_DEFINITIONS, stream: true, stream_options: { include_usage: true } }),
    headers: bearer,
  },
  'openai-responses': {
    name: 'OpenAI Responses',
    path: 'responses',
    body: (input) => ({ input, tools: TOOL_DEFINITIONS.map(({ type, function: tool }) => ({ type, ...tool })), stream: true }),
    headers: bearer,
  },
  anthropic: {
    name: 'Anthropic Messages',
    path: 'messages',
    body: (messages) => ({
      messages,
      max_tokens: 8192,
      tools: TOOL_DEFINITIONS.map(({ function: { name, description, parameters } }) => ({ name, description, input_schema: parameters })),
      stream: true,
    }),
    headers: (key) => ({
      'anthropic-version': '2023-06-01',
      'anthropic-dangerous-direct-browser-access': 'true',
      ...(key === '' ? {} : { 'x-api-key': key }),
    }),
  },
  'ai-sdk': {
    name: 'AI SDK UI messages',
    path: 'chat',
    // Each request is a chat of its own to the server: the page has the history.
    body: (messages) => ({ id: crypto.randomUUID(), trigger: 'submit-message', messages, tools: TOOL_DEFINITIONS }),
    headers: bearer,
  },
};

export const isProtocol = (value: unknown): value is Protocol => typeof value === 'string' && Object.hasOwn(PROTOCOLS, value);

/** What asks the demo's own server to keep the reply of this name. */
export function keptAs(protocol: Protocol, reply: string): object {
  switch (protocol) {
    case 'openai-responses': return { background: true };
    case 'ai-sdk': return { resumable: true, id: reply };
    default: return { resumable: true, reply };
  }
}

/** Where the demo's own server goes on with the reply of this name. Undefined: it has no name yet. */
export function pathToGoOn(protocol: Protocol, reply: string, { responseId, sequence }: ResumePoint): string | undefined {
  switch (protocol) {
    case 'openai-responses':
      return responseId === undefined ? undefined : `/v1/responses/${responseId}?stream=true${sequence === undefined ? '' : `&starting_after=${sequence}`}`;
    case 'ai-sdk': return `/api/chat/${reply}/stream`;
    default: return `/demo/replies/${reply}`;
  }
}

/** The demo's own server has the AI SDK's endpoint where its makers have it. */
export function endpoint({ baseUrl, protocol }: Settings, own: boolean): string {
  if (own && protocol === 'ai-sdk') return new URL('/api/chat', baseUrl).href;
  return `${baseUrl.replace(/\/+$/, '')}/${PROTOCOLS[protocol].path}`;
}
