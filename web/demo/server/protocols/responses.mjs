// POST /v1/responses: OpenAI's Responses over the composed replies. With `background: true` a reply outlives its connection, and
// GET /v1/responses/<id>?stream=true&starting_after=N sends the events after number N, then goes on live.
import { randomUUID } from 'node:crypto';
import { modelOf, promptTokens, streamAnswer } from '../answer.mjs';
import { HttpError, readJson } from '../messages.mjs';
import { handleReplay, isKept } from '../resumable-replies.mjs';
import { blocksOf } from './blocks.mjs';
import { callOf, listOf, mustStream, replyOf, resultOf, saidOf, textOf, toolNamed } from './conversation.mjs';

const FAILURE = { code: 'server_error', message: 'The model is overloaded. Please try again.' };
const ITEM_PREFIX = { reasoning: 'rs', text: 'msg', call: 'fc' };

export async function handleResponses(request, response) {
  const body = await readJson(request);
  mustStream(body);
  const conversation = { messages: messagesOf(body.input), tools: listOf(body.tools ?? []).map(({ name }) => toolNamed(name)) };
  const head = {
    id: newId('resp'), object: 'response', created_at: Math.floor(Date.now() / 1000), model: modelOf(body),
    background: body.background === true, error: null, incomplete_details: null,
  };
  const name = head.background ? head.id : undefined;
  await streamAnswer(response, body, { name, conversation }, () => events(head, conversation.messages));
}

export function handleResponseAgain(response, id, query) {
  if (!isKept(id)) throw new HttpError(404, `There is no response ${id}.`);
  const after = query.has('starting_after') ? Number(query.get('starting_after')) : -1;
  if (query.get('stream') !== 'true' || !Number.isInteger(after)) throw new HttpError(400, 'Wanted: ?stream=true&starting_after=<number>.');
  // Events are numbered from 0, without a gap.
  handleReplay(response, id, (said) => said.split(/(?<=\n\n)/).slice(after + 1).join(''));
}

/** A step of the model comes as several items: its text and its calls are one message here. */
function messagesOf(input) {
  if (typeof input === 'string') return [saidOf('user', input)];
  const messages = [];
  for (const item of listOf(input)) {
    const last = messages.at(-1);
    if (item?.type === 'function_call') {
      const call = callOf(item.call_id, item.name, item.arguments);
      if (last?.role === 'assistant') messages[messages.length - 1] = replyOf(last.content, [...last.tool_calls ?? [], call]);
      else messages.push(replyOf('', [call]));
    } else if (item?.type === 'function_call_output') messages.push(resultOf(item.call_id, item.output));
    else if (item?.role === 'assistant') messages.push(replyOf(typeof item.content === 'string' ? item.content : textOf(item.content), []));
    else if (item?.role !== undefined) messages.push(saidOf(item.role, item.content));
  }
  return messages;
}

function events(head, messages) {
  let number = 0;
  const output = [];
  const event = (type, fields) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number++, ...fields })}\n\n`;
  const response = (status, fields = {}) => ({ response: { ...head, status, output, usage: null, ...fields } });
  const blocks = blocksOf(itemEvents(event, (item) => output.push(item)));
  return {
    start: () => event('response.created', response('in_progress')) + event('response.in_progress', response('in_progress')),
    delta: blocks.delta,
    end: (count) => blocks.end() + event('response.completed', response('completed', { usage: usageOf(count, messages) })),
    failure: () => event('response.failed', response('failed', { error: FAILURE })),
  };
}

/** `done` is told of each finished item. */
function itemEvents(event, done) {
  let id;
  const at = ({ index }) => ({ item_id: id, output_index: index });
  const kinds = {
    reasoning: {
      open: (block) => event('response.reasoning_summary_part.added', { ...at(block), summary_index: 0, part: summary('') }),
      delta: (block, delta) => event('response.reasoning_summary_text.delta', { ...at(block), summary_index: 0, delta }),
      close: (block) => event('response.reasoning_summary_text.done', { ...at(block), summary_index: 0, text: block.text })
        + event('response.reasoning_summary_part.done', { ...at(block), summary_index: 0, part: summary(block.text) }),
    },
    text: {
      open: (block) => event('response.content_part.added', { ...at(block), content_index: 0, part: words('') }),
      delta: (block, delta) => event('response.output_text.delta', { ...at(block), content_index: 0, delta, logprobs: [] }),
      close: (block) => event('response.output_text.done', { ...at(block), content_index: 0, text: block.text, logprobs: [] })
        + event('response.content_part.done', { ...at(block), content_index: 0, part: words(block.text) }),
    },
    call: {
      open: () => '',
      delta: (block, delta) => event('response.function_call_arguments.delta', { ...at(block), delta }),
      close: (block) => event('response.function_call_arguments.done', { ...at(block), name: block.name, arguments: block.text }),
    },
  };
  return {
    open(block) {
      id = newId(ITEM_PREFIX[block.kind]);
      return event('response.output_item.added', { output_index: block.index, item: itemOf(id, block, 'in_progress') }) + kinds[block.kind].open(block);
    },
    delta: (block, text) => kinds[block.kind].delta(block, text),
    close(block) {
      const item = itemOf(id, block, 'completed');
      done(item);
      return kinds[block.kind].close(block) + event('response.output_item.done', { output_index: block.index, item });
    },
  };
}

function itemOf(id, { kind, id: call_id, name, text }, status) {
  if (kind === 'reasoning') return { id, type: 'reasoning', summary: text === '' ? [] : [summary(text)] };
  if (kind === 'text') return { id, type: 'message', role: 'assistant', status, content: text === '' ? [] : [words(text)] };
  return { id, type: 'function_call', status, call_id, name, arguments: text };
}

const summary = (text) => ({ type: 'summary_text', text });
const words = (text) => ({ type: 'output_text', text, annotations: [] });

function usageOf({ sent, thought }, messages) {
  const { prompt, cached } = promptTokens(messages);
  return {
    input_tokens: prompt, input_tokens_details: { cached_tokens: cached },
    output_tokens: sent, output_tokens_details: { reasoning_tokens: thought },
    total_tokens: prompt + sent,
  };
}

const newId = (prefix) => `${prefix}_${randomUUID().replaceAll('-', '')}`;
