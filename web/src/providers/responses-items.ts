/**
 * The items of one reply, for OpenAI's Responses. A reply that came from there goes back as its own items, with their ids and
 * with the reasoning in encrypted form. That holds together: OpenAI refuses an item without the reasoning that led to it, and
 * reasoning without the item that followed. So a step that lacks any of this goes back without ids and without reasoning.
 */
import type { ReasoningPart, TextPart } from '../types.js';
import { inputTextOf, type Call } from './calls.js';
import type { Content, Step } from './history.js';
import { fieldsOf, isBlank, textOf, type Fields } from './json.js';
import { noteOf, quoteOf } from './media.js';

export type ResponsesItem = ResponsesMessage | ResponsesReasoning | ResponsesCall | ResponsesOutput;

export type ResponsesMessage =
  | { type: 'message'; role: 'system' | 'user'; content: ResponsesContent[] }
  | { type: 'message'; role: 'assistant'; content: string }
  | ResponsesReply;

export interface ResponsesReply { type: 'message'; role: 'assistant'; id: string; status: 'completed'; content: ResponsesWords[] }

export type ResponsesWords = { type: 'output_text'; text: string; annotations: [] } | { type: 'refusal'; refusal: string };

export type ResponsesContent =
  | { type: 'input_text'; text: string }
  | { type: 'input_image'; image_url: string; detail: 'auto' | 'low' | 'high' }
  | { type: 'input_file'; file_url: string }
  | { type: 'input_file'; file_data: string; filename: string };

export interface ResponsesReasoning {
  type: 'reasoning'; id: string; encrypted_content: string;
  summary: { type: 'summary_text'; text: string }[];
}

export type ResponsesCall =
  | { type: 'function_call'; id?: string; call_id: string; name: string; arguments: string }
  | { type: 'custom_tool_call'; id?: string; call_id: string; name: string; input: string };

export interface ResponsesOutput {
  type: 'function_call_output' | 'custom_tool_call_output'; call_id: string;
  output: string | ResponsesContent[];
}

/** `own`: calls that OpenAI's servers made and answered; they are among the items whole. */
export interface Reply { readonly items: ResponsesItem[]; readonly own: ReadonlySet<Call> }

/** `sent`: the ids of items so far; OpenAI refuses one that comes twice. */
export function replyOf(step: Step, signed: boolean, sent: Set<string>): Reply {
  // Several parts of one item are put together again.
  const ids = [...new Set(step.content.flatMap(partItemId)), ...step.content.flatMap(otherItemIds)];
  const withIds = signed && step.whole && isUnbroken(step) && new Set(ids).size === ids.length && !ids.some((id) => sent.has(id));
  const own = new Set<Call>();
  const items: ResponsesItem[] = [];
  for (const content of step.content) add(items, content, withIds, own);
  while (items.at(-1)?.type === 'reasoning') items.pop();
  if (withIds) for (const id of ids) sent.add(id);
  return { items, own };
}

/** All reasoning that came from there is there in a form that can go back. */
function isUnbroken(step: Step): boolean {
  const reasoning = step.content.flatMap((each) => (each.type === 'reasoning' && isItemPart(each.part, 'rs_') ? [each.part] : []));
  return reasoning.every(({ id }) => reasoning.find((first) => baseOf(first.id) === baseOf(id))?.signature);
}

/** Of the item that a text or a piece of reasoning belongs to. */
function partItemId(content: Content): string[] {
  if (content.type !== 'text' && content.type !== 'reasoning') return [];
  const prefix = content.type === 'text' ? 'msg_' : 'rs_';
  return content.part && isItemPart(content.part, prefix) ? [baseOf(content.part.id)] : [];
}

function otherItemIds(content: Content): string[] {
  if (content.type === 'custom') return [redactedOf(content)?.id ?? []].flat();
  if (content.type !== 'call') return [];
  return [...(ownItems(content.call) ?? []).flatMap(({ id }) => textOf(id) ?? []), ...(itemIdOf(content.call) ?? [])];
}

function add(items: ResponsesItem[], content: Content, withIds: boolean, own: Set<Call>): void {
  switch (content.type) {
    case 'text':
      return addText(items, content.text, content.part, withIds);
    case 'media':
      return addText(items, quoteOf(content.media) ?? noteOf(content.media), undefined, false);
    case 'reasoning':
      return withIds && isItemPart(content.part, 'rs_') ? addReasoning(items, content.part) : undefined;
    case 'custom': {
      const redacted = redactedOf(content);
      if (withIds && redacted) items.push(redacted);
      return;
    }
    case 'call': {
      const raw = withIds ? ownItems(content.call) : undefined;
      if (raw) own.add(content.call);
      // What came from OpenAI goes back as it came; only OpenAI knows all of its shapes.
      items.push(...(raw as unknown as ResponsesItem[] | undefined ?? [callOf(content.call, withIds)]));
    }
  }
}

function addText(items: ResponsesItem[], text: string, part: TextPart | undefined, withIds: boolean): void {
  if (isBlank(text)) return;
  if (!part || !withIds || !isItemPart(part, 'msg_')) {
    items.push({ type: 'message', role: 'assistant', content: text });
    return;
  }
  const id = baseOf(part.id);
  const words: ResponsesWords = part.refusal ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [] };
  const same = items.find((item): item is ResponsesReply => item.type === 'message' && 'id' in item && item.id === id);
  if (same) same.content.push(words);
  else items.push({ type: 'message', role: 'assistant', id, status: 'completed', content: [words] });
}

function addReasoning(items: ResponsesItem[], part: ReasoningPart): void {
  const id = baseOf(part.id);
  const same = items.find((item): item is ResponsesReasoning => item.type === 'reasoning' && item.id === id);
  const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text } as const];
  if (same) same.summary.push(...summary);
  else if (part.signature) items.push({ type: 'reasoning', id, encrypted_content: part.signature, summary });
}

/** Reasoning without a summary, as OpenAI sent it, without the fields that are not taken back. */
function redactedOf({ part }: Extract<Content, { type: 'custom' }>): ResponsesReasoning | undefined {
  const { type, id, encrypted_content, summary } = fieldsOf(part.name === 'redacted_reasoning' ? part.data : undefined) ?? {};
  if (type !== 'reasoning' || typeof id !== 'string' || typeof encrypted_content !== 'string') return undefined;
  const texts = Array.isArray(summary) ? summary.flatMap((each: unknown) => textOf(fieldsOf(each)?.['text']) ?? []) : [];
  return { type, id, encrypted_content, summary: texts.map((text) => ({ type: 'summary_text', text })) };
}

/** A part's id is that of its item; from the second part of an item on with its number: 'msg_1/1'. */
function isItemPart(part: TextPart | ReasoningPart, prefix: string): boolean {
  return part.id?.startsWith(prefix) ?? false;
}

const baseOf = (id = ''): string => id.replace(/\/\d+$/, '');

/** Items that lack their result when their output does. */
const NEEDS_OUTPUT = /^(local_shell|shell|computer|apply_patch|tool_search)_call$/;

/** The items of a call that OpenAI's servers made and answered. Undefined: it is none, or has no result. */
export function ownItems({ part, result }: Call): Fields[] | undefined {
  if (!part.providerExecuted) return undefined;
  const items = [part, result].flatMap((each): Fields[] => [fieldsOf(each?.extra?.['item']) ?? []].flat());
  // The result may carry the call's own item again, in its last state.
  const last = items.filter(({ id }, index) => !items.slice(index + 1).some((later) => later['id'] === id));
  const [call] = last;
  const type = textOf(call?.['type']) ?? '';
  const complete = last.every(({ id, status }) => typeof id === 'string' && (status === undefined || status === 'completed'));
  // What a result says beside the item would be lost.
  if (result && !isBlank(result.content) && !fieldsOf(result.extra?.['item'])) return undefined;
  const known = /_call$/.test(type) && !/^(function|custom_tool)_call$/.test(type);
  const answered = last.some((item) => item['type'] === `${type}_output`);
  return known && complete && (answered || !NEEDS_OUTPUT.test(type)) ? last : undefined;
}

function itemIdOf({ part }: Call): string[] | undefined {
  const id = part.extra?.['item_id'];
  return typeof id === 'string' && /^(fc|ctc)_/.test(id) ? [id] : undefined;
}

/** A tool whose input is text, not JSON: the id of its item says so. */
export function isFreeText(call: Call): boolean {
  return itemIdOf(call)?.[0]?.startsWith('ctc_') ?? false;
}

function callOf(call: Call, withId: boolean): ResponsesCall {
  const [id] = withId ? itemIdOf(call) ?? [] : [];
  const named = { ...(id !== undefined && { id }), call_id: call.id, name: call.name.replace(/[^\w-]/g, '_') };
  return isFreeText(call)
    ? { type: 'custom_tool_call', ...named, input: call.part.input }
    : { type: 'function_call', ...named, arguments: inputTextOf(call) };
}
