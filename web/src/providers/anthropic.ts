/**
 * The Messages API of Anthropic. What it refuses, and this file therefore keeps to: user and assistant take turns and the user
 * begins; results come first in the message after their calls; text is not blank, and the last one does not end in blanks; a
 * reply does not end with thinking.
 */
import type { Message } from '../types.js';
import { answerOf, objectInputOf, type Call } from './calls.js';
import { callsOf, turnsOf, type Content, type Step } from './history.js';
import { fieldsOf, isBlank, textOf, type Fields } from './json.js';
import { noteOf, quoteOf, wordsOf, type Media } from './media.js';
import type { Settings } from './settings.js';

export interface AnthropicMessage { role: 'user' | 'assistant'; content: AnthropicBlock[] }

export type AnthropicBlock = AnthropicContent
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; input: object }
  | { type: 'tool_result'; tool_use_id: string; content?: AnthropicContent[]; is_error?: boolean };

export type AnthropicContent =
  | { type: 'text'; text: string }
  | { type: 'image'; source: { type: 'url'; url: string } | { type: 'base64'; media_type: ImageType; data: string } }
  | {
    type: 'document'; title?: string;
    source: { type: 'url'; url: string } | { type: 'base64'; media_type: 'application/pdf'; data: string }
      | { type: 'text'; media_type: 'text/plain'; data: string };
  };

type ImageType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';

const IDS = { longest: 64, allowed: /[^a-zA-Z0-9_-]/g };
const OPENING = '[The beginning of this conversation is not included.]';

export function anthropicMessages(messages: readonly Message[], { signed, urlOf }: Settings): AnthropicMessage[] {
  const turns = turnsOf(messages, { ids: IDS, ownWork: (call) => ownBlocks(call, false) !== undefined, urlOf });
  const built: AnthropicMessage[] = [];
  const add = (role: AnthropicMessage['role'], content: readonly AnthropicBlock[]): void => {
    const last = built.at(-1);
    if (content.length === 0) return;
    if (last?.role === role) last.content.push(...content);
    else built.push({ role, content: [...content] });
  };
  for (const [index, { role, message, steps }] of turns.entries()) {
    if (role === 'system') continue;
    if (role === 'user') add('user', steps.flatMap((step) => step.content.flatMap(contentOf)));
    else for (const step of steps) {
      const paused = index === turns.length - 1 && step === steps.at(-1) && step.whole;
      add('assistant', replyOf(step, signed(message), paused));
      add('user', callsOf(step).filter((call) => !ownBlocks(call, paused)).map(resultOf));
    }
  }
  trimEnd(built.at(-1));
  return built[0]?.role === 'assistant' ? [{ role: 'user', content: [{ type: 'text', text: OPENING }] }, ...built] : built;
}

function contentOf(content: Content): AnthropicContent[] {
  if (content.type === 'text') return isBlank(content.text) ? [] : [{ type: 'text', text: content.text }];
  return content.type === 'media' ? [mediaBlock(content.media)] : [];
}

function mediaBlock(media: Media): AnthropicContent {
  const { mediaType, name, address, content = '' } = media;
  const title = name === undefined ? {} : { title: name };
  if (mediaType.startsWith('image/')) {
    if (address !== undefined) return { type: 'image', source: { type: 'url', url: address } };
    if (isImageType(mediaType)) return { type: 'image', source: { type: 'base64', media_type: mediaType, data: content } };
  } else if (mediaType === 'application/pdf') {
    const source = address === undefined ? { type: 'base64', media_type: mediaType, data: content } as const : { type: 'url', url: address } as const;
    return { type: 'document', ...title, source };
  }
  const words = wordsOf(media);
  if (words === undefined || isBlank(words)) return { type: 'text', text: quoteOf(media) ?? noteOf(media) };
  return { type: 'document', ...title, source: { type: 'text', media_type: 'text/plain', data: words } };
}

function isImageType(mediaType: string): mediaType is ImageType {
  return ['image/jpeg', 'image/png', 'image/gif', 'image/webp'].includes(mediaType);
}

function replyOf(step: Step, signed: boolean, paused: boolean): AnthropicBlock[] {
  const blocks = step.content.flatMap((content) => blocksOf(content, signed, paused));
  while (/thinking$/.test(blocks.at(-1)?.type ?? '')) blocks.pop();
  return blocks;
}

function blocksOf(content: Content, signed: boolean, paused: boolean): AnthropicBlock[] {
  switch (content.type) {
    case 'text':
      return contentOf(content);
    case 'media':
      // A reply has no room for files.
      return [{ type: 'text', text: quoteOf(content.media) ?? noteOf(content.media) }];
    case 'reasoning': {
      const { text, signature, id } = content.part;
      // An id says that it is reasoning of another format.
      return signed && signature && id === undefined ? [{ type: 'thinking', thinking: text, signature }] : [];
    }
    case 'custom': {
      const { type, data } = fieldsOf(content.part.data) ?? {};
      const redacted = content.part.name === 'redacted_reasoning' && type === 'redacted_thinking';
      return signed && redacted && typeof data === 'string' ? [{ type, data }] : [];
    }
    case 'call': {
      const { id, name } = content.call;
      const own = ownBlocks(content.call, paused);
      return own ?? [{ type: 'tool_use', id, name: name.replace(IDS.allowed, '_').slice(0, 128), input: objectInputOf(content.call) }];
    }
  }
}

function resultOf(call: Call): AnthropicBlock {
  const { text, isError, media } = answerOf(call);
  const content: AnthropicContent[] = [...(isBlank(text) ? [] : [{ type: 'text', text } as const]), ...(media ? [mediaBlock(media)] : [])];
  return { type: 'tool_result', tool_use_id: call.id, ...(content.length > 0 && { content }), ...(isError && { is_error: true }) };
}

/**
 * The blocks of a call that Anthropic's servers made and answered. Undefined: it is none, or has no result. `paused`: it may lack
 * one, because the reply was paused there and goes on.
 */
function ownBlocks({ part, id, result }: Call, paused: boolean): AnthropicBlock[] | undefined {
  if (!part.providerExecuted || id !== part.id) return undefined;
  const item = fieldsOf(part.extra?.['item']);
  const type = textOf(item?.['type']) ?? 'server_tool_use';
  const answer = fieldsOf(result?.extra?.['item']);
  const known = /^(server|mcp)_tool_use$/.test(type) && /^(srv|mcp)toolu_\w+$/.test(id);
  const answered = /_tool_result$/.test(textOf(answer?.['type']) ?? '') && answer?.['tool_use_id'] === id;
  if (!known || (!answered && !(paused && part.finished && !result))) return undefined;
  return asSent([{ ...item, type, id, name: part.name, input: objectInputOf({ part, id, name: part.name }) }, ...(answered ? [answer] : [])]);
}

/** What came from the provider goes back as it came; only the provider knows all of its shapes. */
function asSent(blocks: readonly Fields[]): AnthropicBlock[] {
  return blocks as unknown as AnthropicBlock[];
}

function trimEnd(last: AnthropicMessage | undefined): void {
  const block = last?.content.at(-1);
  if (last?.role === 'assistant' && block?.type === 'text') last.content.splice(-1, 1, { type: 'text', text: block.text.trimEnd() });
}
