/** Input items of OpenAI's Responses, from the turns of a history. */
import type { Message } from '../types.js';
import { answerOf, type Call } from './calls.js';
import { callsOf, turnsOf, type Content, type Step } from './history.js';
import { isBlank } from './json.js';
import { noteOf, quoteOf, urlOf, type Media } from './media.js';
import { isFreeText, ownItems, replyOf, type ResponsesContent, type ResponsesItem, type ResponsesOutput } from './responses-items.js';
import type { Settings } from './settings.js';

/** OpenAI's own limit. */
const LONGEST_CALL_ID = 64;

export function responsesItems(messages: readonly Message[], { signed, urlOf: urlOfFile }: Settings): ResponsesItem[] {
  const turns = turnsOf(messages, { ids: { longest: LONGEST_CALL_ID }, ownWork: (call) => ownItems(call) !== undefined, urlOf: urlOfFile });
  const sent = new Set<string>();
  return turns.flatMap(({ role, message, steps }) => steps.flatMap((step): ResponsesItem[] => {
    if (role !== 'assistant') return messageOf(role, step);
    const { items, own } = replyOf(step, signed(message), sent);
    return [...items, ...callsOf(step).filter((call) => !own.has(call)).map(outputOf)];
  }));
}

function messageOf(role: 'system' | 'user', step: Step): ResponsesItem[] {
  const content = step.content.flatMap(role === 'user' ? contentOf : (each) => (each.type === 'text' ? contentOf(each) : []));
  return content.length === 0 ? [] : [{ type: 'message', role, content }];
}

function contentOf(content: Content): ResponsesContent[] {
  if (content.type === 'text') return isBlank(content.text) ? [] : [{ type: 'input_text', text: content.text }];
  return content.type === 'media' ? [mediaContent(content.media)] : [];
}

function mediaContent(media: Media): ResponsesContent {
  const { mediaType, name, address, detail } = media;
  if (mediaType.startsWith('image/')) {
    return { type: 'input_image', image_url: urlOf(media), detail: detail === 'low' || detail === 'high' ? detail : 'auto' };
  }
  if (mediaType !== 'application/pdf') return { type: 'input_text', text: quoteOf(media) ?? noteOf(media) };
  if (address !== undefined) return { type: 'input_file', file_url: address };
  return { type: 'input_file', file_data: urlOf(media), filename: name ?? 'file.pdf' };
}

function outputOf(call: Call): ResponsesOutput {
  const { text, media } = answerOf(call);
  return {
    type: isFreeText(call) ? 'custom_tool_call_output' : 'function_call_output',
    call_id: call.id,
    output: media ? [...(isBlank(text) ? [] : [{ type: 'input_text', text } as const]), mediaContent(media)] : text,
  };
}
