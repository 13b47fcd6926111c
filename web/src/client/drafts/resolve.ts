/**
 * What a draft's mutation will do to the message, as a patch: the page shows it before the Worker has
 * heard of it. The rules are the core's (core/src/model/apply.cc); a browser test compares the two.
 *
 * A mutation that changes nothing resolves to no ops. It must not be sent: the core gives it no
 * version, and the versions of what follows would not fit.
 */
import type { PatchOp, WireMutation } from '../../core-module.js';
import { MillraceError } from '../../errors.js';
import type { FinishPart, Part, ReasoningPart, ToolCallPart } from '../../types.js';
import { defined } from '../defined.js';
import { sameValue } from '../events/isolate.js';
import type { MessageCopy } from './message-copy.js';

/** `now`: milliseconds since the epoch. Throws 'not-found' for a tool call that is not there. */
export function resolveMutation(mutation: WireMutation, copy: MessageCopy, now: number): PatchOp[] {
  const { parts } = copy;
  switch (mutation.op) {
    case 'appendText': return appendText(mutation.text, parts);
    case 'appendReasoning': return appendReasoning(mutation.text, parts, now);
    case 'endReasoning': return endReasoning(mutation.signature, parts, now);
    case 'putToolCall': {
      const { input = '', finished = false, providerExecuted, ...call } = mutation.call;
      return putToolCall(defined({ type: 'tool_call', ...call, input, finished, providerExecuted: providerExecuted || undefined }), copy);
    }
    case 'appendToolInput':
      return [{ op: 'append', part: indexOfCall(mutation.toolCallId, copy), text: mutation.text }];
    case 'finishToolCall': return finishToolCall(mutation.toolCallId, copy);
    case 'addPart': return addPart(mutation.part, copy, now);
    case 'reset': return parts.length === 0 ? [] : [{ op: 'truncate', size: 0 }];
    case 'finish': {
      const { op, reason, message, details } = mutation;
      return finish(defined({ type: op, reason, time: now, message: message || undefined, details: details || undefined }), copy, now);
    }
  }
}

function put(part: number, value: Part, keepBody = false): PatchOp {
  return { op: 'put', part, value, keepBody };
}

function appendText(text: string, parts: readonly Part[]): PatchOp[] {
  const last = parts[parts.length - 1];
  if (last?.type === 'text' && !last.refusal) return [{ op: 'append', part: parts.length - 1, text }];
  return [put(parts.length, { type: 'text', text })];
}

function isOpenReasoning(part: Part | undefined): part is ReasoningPart {
  return part?.type === 'reasoning' && part.finishedAt === undefined;
}

function appendReasoning(text: string, parts: readonly Part[], now: number): PatchOp[] {
  if (isOpenReasoning(parts[parts.length - 1])) return [{ op: 'append', part: parts.length - 1, text }];
  return [put(parts.length, { type: 'reasoning', text, startedAt: now })];
}

function ended(part: ReasoningPart, index: number, now: number, signature?: string): PatchOp {
  return put(index, { ...part, text: '', ...(signature && { signature }), finishedAt: now }, true);
}

function endReasoning(signature: string | undefined, parts: readonly Part[], now: number): PatchOp[] {
  for (let index = parts.length - 1; index >= 0; --index) {
    const part = parts[index];
    if (isOpenReasoning(part)) return [ended(part, index, now, signature)];
  }
  return [];
}

function indexOfCall(id: string, copy: MessageCopy): number {
  const index = copy.indexOfCall(id);
  if (index < 0) throw new MillraceError('not-found', `The message has no tool call with the id "${id}"`);
  return index;
}

function putToolCall(value: ToolCallPart, copy: MessageCopy): PatchOp[] {
  const index = copy.indexOfCall(value.id);
  if (index < 0) return [put(copy.parts.length, value)];
  return sameValue(copy.parts[index], value) ? [] : [put(index, value)];
}

function finishToolCall(id: string, copy: MessageCopy): PatchOp[] {
  const index = indexOfCall(id, copy);
  const call = copy.parts[index] as ToolCallPart;
  return call.finished ? [] : [put(index, { ...call, input: '', finished: true }, true)];
}

function addPart(part: Part, copy: MessageCopy, now: number): PatchOp[] {
  if (part.type === 'tool_call') return putToolCall(part, copy);
  if (part.type === 'finish') return finish({ ...part, time: part.time || now }, copy, now);
  return [put(copy.parts.length, part)];
}

function finish(value: FinishPart, copy: MessageCopy, now: number): PatchOp[] {
  const { model, provider, isSummary } = copy.header;
  const ends = copy.parts.flatMap((part, index) => (isOpenReasoning(part) ? [ended(part, index, now)] : []));
  const header: PatchOp = defined({ op: 'header', isSummary, finishedAt: value.time, model, provider });
  return [...ends, put(copy.parts.length, value), header];
}
