/** Chat Completions of OpenAI, and the fields in which gateways want back what they signed. */
import type { Message } from '../types.js';
import { answerTextOf, inputTextOf, type Call } from './calls.js';
import { callsOf, turnsOf, type Content, type Step } from './history.js';
import { fieldsOf, isBlank, textOf, type Fields } from './json.js';
import { noteOf, quoteOf, urlOf, type Media } from './media.js';
import type { Settings } from './settings.js';

export type ChatMessage =
  | { role: 'system'; content: string }
  | { role: 'user'; content: string | ChatContent[] }
  | ChatReply
  | { role: 'tool'; tool_call_id: string; content: string };

export type ChatContent =
  | { type: 'text'; text: string }
  | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' } }
  | { type: 'input_audio'; input_audio: { data: string; format: 'wav' | 'mp3' } }
  | { type: 'file'; file: { file_data: string; filename: string } };

/** Besides these fields, those that a gateway added to its reply and wants back. */
export interface ChatReply {
  role: 'assistant';
  content: string | null;
  refusal?: string;
  tool_calls?: ChatCall[];
  reasoning_details?: unknown[];
  thinking_blocks?: unknown[];
  extra_content?: unknown;
}

export interface ChatCall { id: string; type: 'function'; function: { name: string; arguments: string }; extra_content?: unknown }

/** OpenAI's own limit. */
const LONGEST_ID = 40;

export function chatMessages(messages: readonly Message[], settings: Settings): ChatMessage[] {
  // There are no tools of the provider's own here: what another one did is sent like any call.
  const turns = turnsOf(messages, { ids: { longest: LONGEST_ID }, ownWork: () => false, urlOf: settings.urlOf });
  return turns.flatMap(({ role, message, steps }): ChatMessage[] => {
    if (role === 'assistant') return steps.flatMap((step) => replyOf(step, settings.signed(message), settings.reasoning));
    const content = steps.flatMap((step) => step.content);
    return role === 'system' ? systemOf(content) : userOf(content.flatMap(contentOf));
  });
}

function systemOf(content: readonly Content[]): ChatMessage[] {
  const text = content.flatMap((each) => (each.type === 'text' ? [each.text] : [])).join('\n\n');
  return isBlank(text) ? [] : [{ role: 'system', content: text }];
}

/** Words alone go as a string, which every server of this format takes. */
function userOf(content: readonly ChatContent[]): ChatMessage[] {
  const [first] = content;
  if (!first) return [];
  return [{ role: 'user', content: content.length === 1 && first.type === 'text' ? first.text : [...content] }];
}

function contentOf(content: Content): ChatContent[] {
  if (content.type === 'text') return isBlank(content.text) ? [] : [{ type: 'text', text: content.text }];
  return content.type === 'media' ? [mediaContent(content.media)] : [];
}

function mediaContent(media: Media): ChatContent {
  const { mediaType, name, content, detail } = media;
  if (mediaType.startsWith('image/')) {
    return { type: 'image_url', image_url: { url: urlOf(media), ...(isDetail(detail) && { detail }) } };
  }
  const sound = /^audio\/(?:x-|vnd\.)?(wave?|mp3|mpeg)$/.exec(mediaType)?.[1];
  if (content && sound) return { type: 'input_audio', input_audio: { data: content, format: sound.startsWith('wav') ? 'wav' : 'mp3' } };
  if (content && mediaType === 'application/pdf') return { type: 'file', file: { file_data: urlOf(media), filename: name ?? 'file.pdf' } };
  return { type: 'text', text: quoteOf(media) ?? noteOf(media) };
}

function isDetail(detail: string | undefined): detail is 'auto' | 'low' | 'high' {
  return detail === 'auto' || detail === 'low' || detail === 'high';
}

function replyOf(step: Step, signed: boolean, reasoning: string | undefined): ChatMessage[] {
  const { content, refusal } = wordsOf(step);
  const calls = callsOf(step);
  // Reasoning alone is no message.
  if (isBlank(content) && isBlank(refusal) && calls.length === 0) return [];
  const thoughts = step.content.flatMap((each) => (each.type === 'reasoning' && each.part.text !== '' ? [each.part.text] : []));
  return [
    {
      role: 'assistant',
      content: isBlank(content) ? null : content,
      ...(!isBlank(refusal) && { refusal }),
      ...(calls.length > 0 && { tool_calls: calls.map((call) => callOf(call, signed)) }),
      ...(reasoning !== undefined && thoughts.length > 0 && { [reasoning]: thoughts.join('\n\n') }),
      ...(signed && signedFields(step)),
    },
    ...calls.map((call): ChatMessage => ({ role: 'tool', tool_call_id: call.id, content: answerTextOf(call) })),
  ];
}

function wordsOf(step: Step): { content: string; refusal: string } {
  const words = { content: '', refusal: '' };
  for (const each of step.content) {
    if (each.type === 'text') words[each.part?.refusal ? 'refusal' : 'content'] += each.text;
    // The words of a sound are there as text, and a reply has no room for pictures.
    if (each.type === 'media' && !each.media.mediaType.startsWith('audio/')) words.content += `\n${noteOf(each.media)}`;
  }
  return words;
}

function callOf(call: Call, signed: boolean): ChatCall {
  const extra = signed ? call.part.extra?.['extra_content'] : undefined;
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: inputTextOf(call) },
    ...(extra !== undefined && { extra_content: extra }),
  };
}

/** What a gateway signed or encrypted, in the field it came from. */
function signedFields(step: Step): Fields {
  const details: unknown[] = [];
  const blocks: unknown[] = [];
  const fields: Record<string, unknown> = {};
  for (const each of step.content) {
    // An id says that it is reasoning of another format.
    if (each.type === 'reasoning' && each.part.signature && each.part.id === undefined) {
      details.push({ type: 'reasoning.text', text: each.part.text, signature: each.part.signature });
    } else if (each.type === 'custom') {
      const data = fieldsOf(each.part.data);
      if (each.part.name === 'provider_extra') Object.assign(fields, pick(data, ['extra_content', 'provider_specific_fields']));
      if (each.part.name !== 'redacted_reasoning') continue;
      const type = textOf(data?.['type']);
      if (type?.startsWith('reasoning.')) details.push(data);
      if (type === 'redacted_thinking') blocks.push(data);
      if (type === undefined) Object.assign(fields, pick(data, ['reasoning_opaque', 'reasoning_encrypted_content', 'encrypted_content']));
    }
  }
  return { ...fields, ...(details.length > 0 && { reasoning_details: details }), ...(blocks.length > 0 && { thinking_blocks: blocks }) };
}

function pick(fields: Fields | undefined, names: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([name]) => names.includes(name)));
}
