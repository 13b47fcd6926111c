// POST /api/chat: the UI message stream of the AI SDK, version 1, over the composed replies. With `resumable: true` the reply to the
// chat `id` outlives its connection, and GET /api/chat/<id>/stream sends it again from its beginning, then goes on live.
import { randomUUID } from 'node:crypto';
import { EVENT_STREAM, promptTokens, streamAnswer } from '../answer.mjs';
import { readJson } from '../messages.mjs';
import { nameOf } from '../resumable-replies.mjs';
import { blocksOf } from './blocks.mjs';
import { callOf, listOf, replyOf, resultOf, saidOf } from './conversation.mjs';

const HEADERS = { ...EVENT_STREAM, 'x-vercel-ai-ui-message-stream': 'v1' };

export async function handleUiMessages(request, response) {
  const body = await readJson(request);
  const conversation = { messages: listOf(body.messages).flatMap(messagesOf), tools: body.tools };
  const name = nameOf({ resumable: body.resumable, reply: body.id });
  await streamAnswer(response, body, { headers: HEADERS, name, conversation }, ({ finishReason }) =>
    events(finishReason, promptTokens(conversation.messages)));
}

/** A UI message has all steps of a turn, with the results in their calls. */
function messagesOf({ role, parts }) {
  if (role !== 'assistant') return [saidOf(role, parts)];
  const steps = [];
  for (const part of listOf(parts)) {
    if (part.type === 'step-start' || steps.length === 0) steps.push({ text: '', calls: [], results: [] });
    const step = steps.at(-1);
    if (part.type === 'text') step.text += part.text;
    if (!part.type.startsWith('tool-')) continue;
    step.calls.push(callOf(part.toolCallId, part.type.slice('tool-'.length), JSON.stringify(part.input)));
    const result = part.errorText ?? part.output;
    if (result !== undefined) step.results.push(resultOf(part.toolCallId, typeof result === 'string' ? result : JSON.stringify(result)));
  }
  return steps.filter(({ text, calls }) => text !== '' || calls.length > 0).flatMap(({ text, calls, results }) => [replyOf(text, calls), ...results]);
}

function events(finishReason, { prompt, cached }) {
  const event = (type, fields = {}) => `data: ${JSON.stringify({ type, ...fields })}\n\n`;
  const blocks = blocksOf({
    open: ({ kind, index, id, name }) => (kind === 'call' ? event('tool-input-start', { toolCallId: id, toolName: name }) : event(`${kind}-start`, { id: String(index) })),
    delta: ({ kind, index, id }, text) => (kind === 'call'
      ? event('tool-input-delta', { toolCallId: id, inputTextDelta: text })
      : event(`${kind}-delta`, { id: String(index), delta: text })),
    close: ({ kind, index, id, name, text }) => (kind === 'call'
      ? event('tool-input-available', { toolCallId: id, toolName: name, input: JSON.parse(text) })
      : event(`${kind}-end`, { id: String(index) })),
  });
  const usageOf = ({ sent, thought }) => ({
    inputTokens: prompt, outputTokens: sent, totalTokens: prompt + sent, cachedInputTokens: cached, reasoningTokens: thought,
  });
  return {
    start: () => event('start', { messageId: randomUUID() }) + event('start-step'),
    delta: blocks.delta,
    end: (count) => blocks.end() + event('finish-step')
      + event('finish', { finishReason: finishReason === 'tool_calls' ? 'tool-calls' : 'stop', messageMetadata: { usage: usageOf(count) } })
      + 'data: [DONE]\n\n',
    failure: () => `${event('error', { errorText: 'The model is overloaded. Please try again.' })}data: [DONE]\n\n`,
  };
}
