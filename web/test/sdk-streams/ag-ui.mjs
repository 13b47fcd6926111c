// @ts-check
/** A run as the official encoder of AG-UI writes it. */
import { EventType } from '@ag-ui/core';
import { EventEncoder } from '@ag-ui/encoder';

const EVENTS = [
  { type: EventType.RUN_STARTED, threadId: 't', runId: 'r' },
  { type: EventType.REASONING_START, messageId: 'think' },
  { type: EventType.REASONING_MESSAGE_START, messageId: 'think', role: 'reasoning' },
  { type: EventType.REASONING_MESSAGE_CONTENT, messageId: 'think', delta: 'Let me see 🤔.' },
  { type: EventType.REASONING_MESSAGE_END, messageId: 'think' },
  { type: EventType.REASONING_END, messageId: 'think' },
  { type: EventType.STATE_SNAPSHOT, snapshot: { city: null, days: [] } },
  { type: EventType.TEXT_MESSAGE_START, messageId: 'm', role: 'assistant' },
  { type: EventType.TEXT_MESSAGE_CONTENT, messageId: 'm', delta: 'Grüße ' },
  { type: EventType.TOOL_CALL_START, toolCallId: 'c', toolCallName: 'weather', parentMessageId: 'm' },
  { type: EventType.TOOL_CALL_ARGS, toolCallId: 'c', delta: '{"city":' },
  { type: EventType.TEXT_MESSAGE_CONTENT, messageId: 'm', delta: 'aus Köln.' },
  { type: EventType.TOOL_CALL_ARGS, toolCallId: 'c', delta: '"Köln"}' },
  { type: EventType.TOOL_CALL_END, toolCallId: 'c' },
  { type: EventType.TEXT_MESSAGE_END, messageId: 'm' },
  { type: EventType.TOOL_CALL_RESULT, messageId: 'result', toolCallId: 'c', content: '20 degrees', role: 'tool' },
  { type: EventType.STATE_DELTA, delta: [{ op: 'replace', path: '/city', value: 'Köln' }, { op: 'add', path: '/days/-', value: 1 }] },
  { type: EventType.CUSTOM, name: 'note', value: { by: 'the agent' } },
  { type: EventType.RUN_FINISHED, threadId: 't', runId: 'r', outcome: { type: 'success' } },
];

export function agUiReply() {
  const encoder = new EventEncoder();
  return EVENTS.map((event) => encoder.encodeSSE(/** @type {any} */ (event))).join('');
}
