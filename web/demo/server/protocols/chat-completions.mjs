// POST /v1/chat/completions: OpenAI's chat protocol over the composed replies of composer.mjs.
//
// Beyond the protocol it takes four fields: `deltas_per_second` (10 to 2,000); `pace`, a name under which POST /demo/pace changes
// that rate while the reply streams; `resumable` and `reply`, for a reply that outlives its connection: see resumable-replies.mjs.
import { randomUUID } from 'node:crypto';
import { modelOf, promptTokens, streamAnswer } from '../answer.mjs';
import { composeReply } from '../composer.mjs';
import { HttpError, readJson, sendJson } from '../messages.mjs';
import { rateOf } from '../pace.mjs';
import { nameOf } from '../resumable-replies.mjs';

export function handleModels(response) {
  sendJson(response, 200, {
    object: 'list',
    data: [{ id: modelOf({}), object: 'model', created: 0, owned_by: 'millrace' }],
  });
}

export async function handleChatCompletions(request, response) {
  const body = await readJson(request);
  const head = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: modelOf(body) };
  if (body.stream !== true) {
    // It takes no time, and is as long as a streamed one at this rate.
    const rate = rateOf(body.deltas_per_second);
    return sendJson(response, 200, wholeReply(composeReply(body, () => rate), head, usageOf));
  }
  const includeUsage = body.stream_options?.include_usage === true;
  await streamAnswer(response, body, { name: nameOf(body), conversation: body }, ({ finishReason }) =>
    chunks(head, finishReason, includeUsage ? usageOf : undefined));

  function usageOf({ sent, thought }) {
    const { prompt, cached } = promptTokens(body.messages);
    return {
      prompt_tokens: prompt, completion_tokens: sent, total_tokens: prompt + sent,
      prompt_tokens_details: { cached_tokens: cached },
      completion_tokens_details: { reasoning_tokens: thought },
    };
  }
}

/** A reply in the words of the protocol: see streamReply. */
function chunks(head, finishReason, usageOf) {
  const chunk = (fields) => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields })}\n\n`;
  const choice = (delta, finish_reason = null) => chunk({ choices: [{ index: 0, delta, finish_reason }] });
  return {
    start: () => choice({ role: 'assistant', content: '' }),
    delta: (delta) => choice(delta),
    end: (count) => `${choice({}, finishReason)}${usageOf === undefined ? '' : chunk({ choices: [], usage: usageOf(count) })}data: [DONE]\n\n`,
    failure: () => `data: ${JSON.stringify({ error: { message: 'The model is overloaded. Please try again.', type: 'overloaded_error', code: 529 } })}\n\n`,
  };
}

/** The same reply in one object, for `stream: false`. */
function wholeReply(reply, head, usageOf) {
  if (reply.ending !== undefined) throw new HttpError(529, 'The model is overloaded.', 'overloaded_error');
  const message = { role: 'assistant', content: '', reasoning_content: '' };
  const calls = [];
  let sent = 0;
  let thought = 0;
  for (const delta of reply.deltas) {
    sent++;
    if (delta.reasoning_content !== undefined) thought++;
    message.content += delta.content ?? '';
    message.reasoning_content += delta.reasoning_content ?? '';
    for (const piece of delta.tool_calls ?? []) {
      const call = (calls[piece.index] ??= { id: piece.id, type: 'function', function: { name: '', arguments: '' } });
      call.function.name += piece.function.name ?? '';
      call.function.arguments += piece.function.arguments ?? '';
    }
  }
  return {
    ...head,
    object: 'chat.completion',
    choices: [{
      index: 0,
      message: calls.length > 0 ? { ...message, tool_calls: calls } : message,
      finish_reason: reply.finishReason,
    }],
    usage: usageOf({ sent, thought }),
  };
}
