import type { Message, Part } from 'millrace';
import type { ChatContent } from './attachments.js';
import { toChatMessages, type ChatMessage } from './history.js';
import { isOwnServer, type Settings } from './settings.js';
import { TOOL_DEFINITIONS } from './tools.js';

/** Under this name the demo's server finds the streams of this page again, to change their rate. */
const PACE_NAME = crypto.randomUUID();

const CONTINUE: ChatMessage = {
  role: 'user',
  content: 'Continue your last reply exactly where it stopped. Do not repeat anything and do not comment on the interruption.',
};

/** A request the Worker can make: everything in it can be sent across. */
export interface ChatRequest { url: string; init: RequestInit }

/** `goOn`: the last message is an unfinished reply, to be continued in place. `attached`: what the history's files have in them. */
export function chatRequest(settings: Settings, history: readonly Message[], attached: ReadonlyMap<Part, ChatContent>, goOn: boolean): ChatRequest {
  const messages = toChatMessages(history, attached);
  const own = isOwnServer(settings);
  const body = {
    model: settings.model,
    messages: goOn ? [...messages, CONTINUE] : messages,
    tools: TOOL_DEFINITIONS,
    stream: true,
    stream_options: { include_usage: true },
    ...(own ? { deltas_per_second: settings.rate, pace: PACE_NAME } : {}),
  };
  const headers: Record<string, string> = { 'Content-Type': 'application/json', Accept: 'text/event-stream' };
  if (settings.apiKey !== '') headers['Authorization'] = `Bearer ${settings.apiKey}`;
  return { url: endpoint(settings.baseUrl, 'chat/completions'), init: { method: 'POST', headers, body: JSON.stringify(body) } };
}

/** Changes the rate of what is streaming now. Of no consequence if it fails: the next reply has it. */
export async function changePace(settings: Settings): Promise<void> {
  if (!isOwnServer(settings)) return;
  const body = JSON.stringify({ pace: PACE_NAME, deltas_per_second: settings.rate });
  await fetch(new URL('/demo/pace', settings.baseUrl), { method: 'POST', body }).catch(() => undefined);
}

function endpoint(baseUrl: string, path: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/${path}`;
}
