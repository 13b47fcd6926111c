/**
 * What a draft's mutation will do to the message, as a patch: the page shows it before the Worker has
 * heard of it. The rules are the core's (core/src/model/apply.cc); a browser test compares the two.
 *
 * A mutation that changes nothing resolves to no ops. It must not be sent: the core gives it no
 * version, and the versions of what follows would not fit.
 */
import type { PatchOp, DraftMutation } from '../../core-module.js';
import { MillraceError } from '../../errors.js';
import type { FinishPart, Part, ReasoningPart, ToolCallPart } from '../../types.js';
import { defined } from '../defined.js';
import { sameValue } from '../events/isolate.js';
import type { MessageCopy } from './message-copy.js';

/** `now`: milliseconds since the epoch. Throws 'not-found' for a tool call that is not there. */
export function resolveMutation(mutation: DraftMutation, copy: MessageCopy, now: number): PatchOp[] {
  const { parts } = copy;
  switch (mutation.op) {
    case 'appendText': return appendText(mutation, copy);
    case 'appendReasoning': return appendReasoning(mutation, copy, now);
    case 'endReasoning': return endReasoning(mutation, copy, now);
    case 'putToolCall': {
      const { input = '', finished = false, providerExecuted, ...call } = mutation.call;
      return putToolCall(defined({ type: 'tool_call', ...call, input, finished, providerExecuted: providerExecuted || undefined }), copy);
    }
    case 'appendToolInput':
      return [{ op: 'append', part: indexOfCall(mutation.toolCallId, copy), text: mutation.text }];
    case 'finishToolCall': return finishToolCall(mutation.toolCallId, copy);
    case 'addPart': return addPart(mutation.part, copy, now);
    case 'reset': {
      const { from: size = 0 } = mutation;
      return size < parts.length ? [{ op: 'truncate', size }] : [];
    }
    case 'finish': {
      const { op, reason, message, details } = mutation;
      return finish(defined({ type: op, reason, time: now, message: message || undefined, details: details || undefined }), copy, now);
    }
  }
}

type Op<Name extends DraftMutation['op']> = Extract<DraftMutation, { op: Name }>;

function put(part: number, value: Part, keepBody = false): PatchOp {
  return { op: 'put', part, value, keepBody };
}

/** Where the part is that a delta means: the one with that id, or the last one. */
function addressed(type: 'text' | 'reasoning', id: string | undefined, copy: MessageCopy): number {
  return id === undefined ? copy.parts.length - 1 : copy.indexOf({ type, id });
}

function appendText({ text, part: id }: Op<'appendText'>, copy: MessageCopy): PatchOp[] {
  const part = addressed('text', id, copy);
  const there = copy.parts[part];
  if (there?.type === 'text' && !there.refusal) return [{ op: 'append', part, text }];
  return [put(copy.parts.length, defined({ type: 'text', text, id }))];
}

function isOpenReasoning(part: Part | undefined): part is ReasoningPart {
  return part?.type === 'reasoning' && part.finishedAt === undefined;
}

function appendReasoning({ text, part: id }: Op<'appendReasoning'>, copy: MessageCopy, now: number): PatchOp[] {
  const part = addressed('reasoning', id, copy);
  if (isOpenReasoning(copy.parts[part])) return [{ op: 'append', part, text }];
  return [put(copy.parts.length, defined({ type: 'reasoning', text, startedAt: now, id }))];
}

function ended(part: ReasoningPart, index: number, now: number, signature?: string): PatchOp {
  return put(index, { ...part, text: '', ...(signature && { signature }), finishedAt: now }, true);
}

function endReasoning({ signature, part: id }: Op<'endReasoning'>, copy: MessageCopy, now: number): PatchOp[] {
  let index = addressed('reasoning', id, copy);
  while (id === undefined && index >= 0 && !isOpenReasoning(copy.parts[index])) index -= 1;
  const part = copy.parts[index];
  return isOpenReasoning(part) ? [ended(part, index, now, signature)] : [];
}

function indexOfCall(id: string, copy: MessageCopy): number {
  const index = copy.indexOf({ type: 'tool_call', id });
  if (index < 0) throw new MillraceError('not-found', `The message has no tool call with the id "${id}"`);
  return index;
}

function putToolCall(value: ToolCallPart, copy: MessageCopy): PatchOp[] {
  const index = copy.indexOf(value);
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
  const index = copy.indexOf(part);
  const there = copy.parts[index];
  if (!there || (there.type === 'tool_result' && !there.preliminary)) return [put(copy.parts.length, part)];
  return sameValue(there, part) ? [] : [put(index, part)];
}

function finish(value: FinishPart, copy: MessageCopy, now: number): PatchOp[] {
  const { model, provider, isSummary } = copy.header;
  const ends = copy.parts.flatMap((part, index) => (isOpenReasoning(part) ? [ended(part, index, now)] : []));
  const header: PatchOp = defined({ op: 'header', isSummary, finishedAt: value.time, model, provider });
  return [...ends, put(copy.parts.length, value), header];
}
