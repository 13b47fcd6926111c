/** Parts that both importers make. */
import type { CustomPart, FinishPart, FinishReason, Part } from '../types.js';
import { filled, type Fields } from './json-values.js';

export function textParts(text: string): Part[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

/** What the model of messages has no word for, verbatim. */
export function custom(name: string, data: unknown): CustomPart {
  return { type: 'custom', name: name || 'unknown', data };
}

/** A list that comes beside a message, if there is something in it. */
export function customList(name: string, data: unknown): Part[] {
  return Array.isArray(data) && data.length > 0 ? [custom(name, data)] : [];
}

/** A file, which an export has beside the conversations or not at all. `text`: what was read from it. */
export function attachment(known: { name?: string; type?: string; size?: number | undefined; text?: string }, original: Fields): CustomPart {
  return custom('attachment', { ...filled(known), original });
}

export function finish(reason: FinishReason, time: number | undefined): FinishPart {
  return { type: 'finish', reason, time: time ?? Date.now() };
}
