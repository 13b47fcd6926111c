/**
 * UI messages of the AI SDK (`ai` 5 to 7), as `validateUIMessages` and `convertToModelMessages` take them. A stored message
 * becomes one UI message; results fold into the calls that they answer.
 */
import type { CustomPart, Message } from '../types.js';
import { answerOf, answerTextOf, inputOf, type Call } from './calls.js';
import { turnsOf, type Content, type Turn } from './history.js';
import { fieldsOf, isBlank, parsed, textOf, type Fields } from './json.js';
import { noteOf, urlOf } from './media.js';
import type { Settings } from './settings.js';

export interface UiMessage { id: string; role: 'system' | 'user' | 'assistant'; metadata?: unknown; parts: UiPart[] }

/** By the name of a provider. */
export type UiMetadata = Record<string, Record<string, UiJson>>;
export type UiJson = null | string | number | boolean | { [key: string]: UiJson | undefined } | UiJson[];

interface Signed { providerMetadata?: UiMetadata }

export type UiPart =
  | { type: 'text'; text: string } & Signed
  | { type: 'reasoning'; text: string } & Signed
  | { type: 'file'; mediaType: string; filename?: string; url: string } & Signed
  | { type: 'source-url'; sourceId: string; url: string; title?: string } & Signed
  | { type: 'source-document'; sourceId: string; mediaType: string; title: string; filename?: string } & Signed
  | { type: 'step-start' }
  | { type: `data-${string}`; id?: string; data: unknown }
  | ({ type: `tool-${string}` } | { type: 'dynamic-tool'; toolName: string }) & UiCall & UiState;

interface UiCall { toolCallId: string; providerExecuted?: boolean; callProviderMetadata?: UiMetadata }

type UiState =
  | { state: 'approval-responded'; input: unknown; approval: { id: string; approved: boolean; reason?: string } }
  | { state: 'output-available'; input: unknown; output: unknown; approval?: UiGrant }
  | { state: 'output-error'; input: unknown; errorText: string; approval?: UiGrant }
  | { state: 'output-denied'; input: unknown; approval: { id: string; approved: false; reason?: string } };

interface UiGrant { id: string; approved: true; reason?: string }

export function uiMessages(messages: readonly Message[], { signed, urlOf: urlOfFile }: Settings): UiMessage[] {
  const turns = turnsOf(messages, { ids: { longest: Infinity }, ownWork: ({ part }) => part.providerExecuted === true, urlOf: urlOfFile });
  return turns.flatMap((turn, index) => {
    const { role, message: { id, metadata } } = turn;
    const parts = partsOf(turn, signed(turn.message), index === turns.length - 1);
    // A message of an assistant may be without parts, but says nothing then.
    return parts.some(({ type }) => type !== 'step-start') ? [{ id, role, ...(metadata && { metadata }), parts }] : [];
  });
}

function partsOf({ role, steps }: Turn, signed: boolean, last: boolean): UiPart[] {
  return steps.flatMap(({ content }, index): UiPart[] => {
    const open = last && index === steps.length - 1;
    const parts = content.flatMap((each) => partOf(each, role, signed, open));
    return role === 'assistant' && parts.length > 0 ? [{ type: 'step-start' }, ...parts] : parts;
  });
}

function partOf(content: Content, role: Turn['role'], signed: boolean, open: boolean): UiPart[] {
  switch (content.type) {
    case 'text':
      return isBlank(content.text) ? [] : [{ type: 'text', text: content.text, ...signedBy(content.part?.extra, signed) }];
    case 'media': {
      const { media, part } = content;
      if (role === 'system') return [{ type: 'text', text: noteOf(media) }];
      const extra = part.type === 'file' ? part.extra : undefined;
      return [{
        type: 'file', mediaType: media.mediaType, ...(media.name && { filename: media.name }), url: urlOf(media), ...signedBy(extra, signed),
      }];
    }
    case 'reasoning': {
      const { text, signature = '', extra } = content.part;
      const metadata = metadataOf(parsed(signature)) ?? metadataOf(extra?.['providerMetadata']);
      if (isBlank(text) && !(signed && metadata)) return [];
      return [{ type: 'reasoning', text, ...(signed && metadata && { providerMetadata: metadata }) }];
    }
    case 'custom':
      return customPart(content.part, signed);
    case 'call':
      return [callPart(content.call, signed, open)];
  }
}

function metadataOf(value: unknown): UiMetadata | undefined {
  const fields = fieldsOf(value);
  return fields && Object.values(fields).every((each) => fieldsOf(each)) ? fields as UiMetadata : undefined;
}

function signedBy(extra: Fields | undefined, signed: boolean): Signed {
  const metadata = signed ? metadataOf(extra?.['providerMetadata']) : undefined;
  return metadata ? { providerMetadata: metadata } : {};
}

/** Data of the application, and sources. What else a provider sent has no place in a UI message. */
function customPart({ name, data, id }: CustomPart, signed: boolean): UiPart[] {
  if (name.startsWith('data-')) return [{ type: name as `data-${string}`, ...(id !== undefined && { id }), data }];
  if (name === 'source') return sourcePart(fieldsOf(data) ?? {}, id, signed);
  const { type, data: redacted } = fieldsOf(data) ?? {};
  if (!signed || name !== 'redacted_reasoning' || type !== 'redacted_thinking' || typeof redacted !== 'string') return [];
  return [{ type: 'reasoning', text: '', providerMetadata: { anthropic: { redactedData: redacted } } }];
}

function sourcePart(source: Fields, id: string | undefined, signed: boolean): UiPart[] {
  const text = (name: string): string | undefined => textOf(source[name]);
  const { url = text('url'), title = text('title') } = citationOf(source);
  const sourceId = text('sourceId') ?? text('id') ?? id ?? url;
  const signature = signedBy(source, signed);
  if (url !== undefined && sourceId !== undefined) return [{ type: 'source-url', sourceId, url, ...(title !== undefined && { title }), ...signature }];
  const [mediaType, filename] = [text('mediaType'), text('filename')];
  if (mediaType === undefined || title === undefined || sourceId === undefined) return [];
  return [{ type: 'source-document', sourceId, mediaType, title, ...(filename !== undefined && { filename }), ...signature }];
}

/** OpenAI puts a source into a field of its annotation. */
function citationOf(source: Fields): { url?: string; title?: string } {
  const { url, title } = fieldsOf(source['url_citation']) ?? {};
  return { ...(typeof url === 'string' && { url }), ...(typeof title === 'string' && { title }) };
}

/** `open`: nothing follows, so a call that was just approved can still run. */
function callPart(call: Call, signed: boolean, open: boolean): UiPart {
  const { part: { extra, providerExecuted }, id, name } = call;
  const metadata = signed ? metadataOf(extra?.['providerMetadata']) : undefined;
  return {
    ...(extra?.['dynamic'] === true ? { type: 'dynamic-tool', toolName: name } as const : { type: `tool-${name}` } as const),
    toolCallId: id,
    ...(providerExecuted && { providerExecuted }),
    ...(metadata && { callProviderMetadata: metadata }),
    ...stateOf(call, open),
  };
}

function stateOf(call: Call, open: boolean): UiState {
  const { part: { approval, finished }, result } = call;
  const input = inputOf(call);
  if (!result && approval) {
    if (approval.approved === true && open && finished) return { state: 'approval-responded', input, approval: { ...approval, approved: true } };
    if (approval.approved === false) return { state: 'output-denied', input, approval: { ...approval, approved: false } };
    if (approval.approved === undefined) return { state: 'output-denied', input, approval: { ...approval, approved: false, reason: answerOf(call).text } };
  }
  const grant = approval?.approved === true ? { approval: { ...approval, approved: true } as UiGrant } : {};
  if (answerOf(call).isError) return { state: 'output-error', input, errorText: answerTextOf(call) || 'error', ...grant };
  return { state: 'output-available', input, output: outputOf(call), ...grant };
}

/** What a tool gave as an object is stored as JSON text. */
function outputOf(call: Call): unknown {
  const text = answerTextOf(call);
  return /^\s*[[{]/.test(text) ? parsed(text) ?? text : text;
}
