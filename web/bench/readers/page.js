// Reads the same bytes with Millrace's reader and with the parser of the provider's own package, in turns, in one thread.
import { Stream as AnthropicStream } from '@anthropic-ai/sdk/core/streaming';
import { parseSSEStream } from '@ag-ui/client';
import { parseJsonEventStream, uiMessageChunkSchema } from 'ai';
import { Ollama } from 'ollama/browser';
import { Stream as OpenAiStream } from 'openai/core/streaming';
import { from, map } from 'rxjs';
import { streams } from './streams.js';

const PIECE = 16 * 1024;

function* pieces(bytes) {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}
const streamOf = (bytes) => {
  const source = pieces(bytes);
  return new ReadableStream({ pull(controller) {
    const { done, value } = source.next();
    if (done) controller.close();
    else controller.enqueue(value);
  } });
};
const responseOf = (bytes) => new Response(streamOf(bytes));

/** Each gives the length of the text it has read. */
const THEIRS = {
  'openai-chat': ['openai', async (bytes) => {
    let length = 0;
    for await (const chunk of OpenAiStream.fromSSEResponse(responseOf(bytes), new AbortController())) length += chunk.choices[0]?.delta.content?.length ?? 0;
    return length;
  }],
  'openai-responses': ['openai', async (bytes) => {
    let length = 0;
    for await (const event of OpenAiStream.fromSSEResponse(responseOf(bytes), new AbortController())) if (event.type === 'response.output_text.delta') length += event.delta.length;
    return length;
  }],
  anthropic: ['@anthropic-ai/sdk', async (bytes) => {
    let length = 0;
    for await (const event of AnthropicStream.fromSSEResponse(responseOf(bytes), new AbortController())) if (event.type === 'content_block_delta') length += event.delta.text.length;
    return length;
  }],
  'ai-sdk': ['ai', async (bytes) => {
    let length = 0;
    const reader = parseJsonEventStream({ stream: streamOf(bytes), schema: uiMessageChunkSchema }).getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) if (read.value.value?.type === 'text-delta') length += read.value.value.delta.length;
    return length;
  }],
  'ag-ui': ['@ag-ui/client', (bytes) => new Promise((resolve, reject) => {
    let length = 0;
    const source = from(streamOf(bytes)).pipe(map((data) => ({ type: 'data', data })));
    parseSSEStream(source).subscribe({
      next: (event) => { length += event.delta?.length ?? 0; },
      complete: () => resolve(length), error: reject,
    });
  })],
  ndjson: ['ollama', async (bytes) => {
    let length = 0;
    const client = new Ollama({ host: location.origin, fetch: async () => responseOf(bytes) });
    for await (const { message } of await client.chat({ model: 'm', messages: [], stream: true })) length += message.content.length;
    return length;
  }],
};

async function ours(module, format, bytes) {
  const reader = module.openReader(format, [], true);
  let length = 0;
  const count = (mutations) => { for (const { op, text } of mutations) if (op === 'appendText') length += text.length; };
  const source = streamOf(bytes).getReader();
  for (let read = await source.read(); !read.done; read = await source.read()) count(reader.feed(read.value));
  count(reader.finish());
  reader.delete();
  return length;
}

const timed = async (work) => {
  const start = performance.now();
  const length = await work();
  return { ms: performance.now() - start, length };
};

/** @param {number} turns */
export async function measure(turns) {
  const { fetched } = await import('/dist/worker/modules.js');
  const module = await fetched.streams();
  const { bytes, deltas, length } = streams();
  const rows = [];
  for (const [format, [name, theirs]] of Object.entries(THEIRS)) {
    const runs = { ours: [], theirs: [] };
    for (let turn = -1; turn < turns; turn += 1) {
      const one = await timed(() => ours(module, format, bytes[format]));
      const other = await timed(() => theirs(bytes[format]));
      if (one.length !== length || other.length !== length) throw new Error(`${format}: ${one.length} and ${other.length} of ${length}`);
      if (turn < 0) continue;
      runs.ours.push(one.ms);
      runs.theirs.push(other.ms);
    }
    rows.push({ format, name, size: bytes[format].length, deltas, ...runs });
  }
  return rows;
}
