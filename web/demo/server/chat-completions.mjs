// POST /v1/chat/completions: OpenAI's chat protocol over the composed replies of composer.mjs.
//
// Beyond the protocol it takes two fields: `deltas_per_second` (10 to 2,000) and `pace`, a name
// under which POST /demo/pace changes that rate while the reply streams.
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { composeReply } from './composer.mjs';
import { HttpError, readJson, sendJson } from './messages.mjs';
import { Pace } from './pace.mjs';

const MODEL = 'millrace-demo';
const CHARACTERS_PER_TOKEN = 4;  // what a prompt is billed at; there is no tokenizer here

export function handleModels(response) {
  sendJson(response, 200, {
    object: 'list',
    data: [{ id: MODEL, object: 'model', created: 0, owned_by: 'millrace' }],
  });
}

export async function handleChatCompletions(request, response) {
  const body = await readJson(request);
  const pace = new Pace(body.deltas_per_second, typeof body.pace === 'string' ? body.pace : undefined);
  try {
    const reply = composeReply(body, () => pace.rate);
    const head = {
      id: `chatcmpl-${randomUUID()}`,
      created: Math.floor(Date.now() / 1000),
      model: typeof body.model === 'string' && body.model !== '' ? body.model : MODEL,
    };
    if (body.stream === true) await stream(response, reply, head, pace, body.stream_options?.include_usage === true, usageOf);
    else sendJson(response, 200, wholeReply(reply, head, usageOf));
  } finally {
    pace.end();
  }

  /** `sent` and `thought`: deltas, which are tokens here; all of them, and those of the reasoning. */
  function usageOf({ sent, thought }) {
    const prompt = tokensOf(body.messages);
    return {
      prompt_tokens: prompt, completion_tokens: sent, total_tokens: prompt + sent,
      prompt_tokens_details: { cached_tokens: cachedTokensOf(body.messages) },
      completion_tokens_details: { reasoning_tokens: thought },
    };
  }
}

function tokensOf(messages) {
  return Math.ceil(JSON.stringify(messages).length / CHARACTERS_PER_TOKEN);
}

/** What came before the last reply was part of the request for that reply already, and is billed as cached. */
function cachedTokensOf(messages) {
  const known = messages.slice(0, Math.max(0, messages.findLastIndex(({ role }) => role === 'assistant')));
  return known.length === 0 ? 0 : tokensOf(known);
}

async function stream(response, reply, head, pace, includeUsage, usageOf) {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  response.socket?.setNoDelay(true);
  response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });

  const chunk = (fields) => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...fields })}\n\n`;
  const choice = (delta, finish_reason = null) => chunk({ choices: [{ index: 0, delta, finish_reason }] });

  response.write(choice({ role: 'assistant', content: '' }));
  const deltas = reply.deltas[Symbol.iterator]();
  let sent = 0;
  let thought = 0;
  for (let done = false; !done && !gone.signal.aborted;) {
    let text = '';
    for (let due = await pace.due(gone.signal); due > 0; due--) {
      const next = deltas.next();
      done = next.done === true;
      if (done) break;
      text += choice(next.value);
      sent++;
      if (next.value.reasoning_content !== undefined) thought++;
    }
    if (text !== '' && !response.write(text)) await drained(response, gone.signal);
  }
  if (gone.signal.aborted) return;

  // Closed in order, so that what was sent arrives; the body is cut off in the middle all the same.
  if (reply.ending === 'drop') return void response.socket.end();
  if (reply.ending === 'error') {
    const error = { message: 'The model is overloaded. Please try again.', type: 'overloaded_error', code: 529 };
    return void response.end(`data: ${JSON.stringify({ error })}\n\n`);
  }
  let tail = choice({}, reply.finishReason);
  if (includeUsage) tail += chunk({ choices: [], usage: usageOf({ sent, thought }) });
  response.end(`${tail}data: [DONE]\n\n`);
}

async function drained(response, signal) {
  await once(response, 'drain', { signal }).catch(() => undefined);
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
