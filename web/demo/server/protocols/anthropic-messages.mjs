// POST /v1/messages: Anthropic's Messages over the composed replies. `resumable` and `reply` are as in chat-completions.mjs.
import { randomUUID } from 'node:crypto';
import { modelOf, promptTokens, streamAnswer } from '../answer.mjs';
import { readJson } from '../messages.mjs';
import { nameOf } from '../resumable-replies.mjs';
import { blocksOf } from './blocks.mjs';
import { callOf, listOf, mustStream, replyOf, resultOf, saidOf, textOf, toolNamed } from './conversation.mjs';

// Thoughts are signed, so that they can go back. Nothing is behind the demo's signature.
const SIGNATURE = Buffer.from('millrace-demo').toString('base64');

const KINDS = {
  reasoning: {
    start: () => ({ type: 'thinking', thinking: '', signature: '' }),
    delta: (thinking) => ({ type: 'thinking_delta', thinking }),
  },
  text: {
    start: () => ({ type: 'text', text: '' }),
    delta: (text) => ({ type: 'text_delta', text }),
  },
  call: {
    start: ({ id, name }) => ({ type: 'tool_use', id, name, input: {} }),
    delta: (partial_json) => ({ type: 'input_json_delta', partial_json }),
  },
};

export async function handleMessages(request, response) {
  const body = await readJson(request);
  mustStream(body);
  const conversation = {
    messages: listOf(body.messages).flatMap(messagesOf),
    tools: listOf(body.tools ?? []).map(({ name }) => toolNamed(name)),
  };
  await streamAnswer(response, body, { name: nameOf(body), conversation }, ({ finishReason }) =>
    events(modelOf(body), finishReason, promptTokens(conversation.messages)));
}

/** Results are among what a user says there, and messages of their own here. */
function messagesOf({ role, content }) {
  if (typeof content === 'string') return [role === 'assistant' ? replyOf(content, []) : saidOf(role, content)];
  const blocks = listOf(content);
  if (role === 'assistant') {
    const calls = blocks.filter(({ type }) => type === 'tool_use').map(({ id, name, input }) => callOf(id, name, JSON.stringify(input)));
    return [replyOf(textOf(blocks.filter(({ type }) => type === 'text')), calls)];
  }
  const results = blocks.filter(({ type }) => type === 'tool_result').map((block) => resultOf(block.tool_use_id, block.content ?? ''));
  const said = blocks.filter(({ type }) => type !== 'tool_result');
  return said.length === 0 ? results : [...results, saidOf(role, said)];
}

function events(model, finishReason, { prompt, cached }) {
  const event = (type, fields) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const message = {
    id: `msg_${randomUUID().replaceAll('-', '')}`, type: 'message', role: 'assistant', model, content: [],
    stop_reason: null, stop_sequence: null,
    usage: { input_tokens: prompt - cached, cache_read_input_tokens: cached, cache_creation_input_tokens: 0, output_tokens: 1 },
  };
  const blocks = blocksOf({
    open: (block) => event('content_block_start', { index: block.index, content_block: KINDS[block.kind].start(block) }),
    delta: ({ index, kind }, text) => event('content_block_delta', { index, delta: KINDS[kind].delta(text) }),
    close: ({ index, kind }) => {
      const signed = kind === 'reasoning' ? event('content_block_delta', { index, delta: { type: 'signature_delta', signature: SIGNATURE } }) : '';
      return signed + event('content_block_stop', { index });
    },
  });
  return {
    start: () => event('message_start', { message }),
    delta: blocks.delta,
    end: ({ sent }) => blocks.end()
      + event('message_delta', {
        delta: { stop_reason: finishReason === 'tool_calls' ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: sent },
      })
      + event('message_stop', {}),
    failure: () => event('error', { error: { type: 'overloaded_error', message: 'The model is overloaded. Please try again.' } }),
  };
}
