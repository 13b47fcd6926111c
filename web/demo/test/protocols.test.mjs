// The protocols of the demo's server, read by the readers that their makers publish.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import { DefaultChatTransport, readUIMessageStream } from 'ai';
import OpenAI from 'openai';
import { startServer } from '../server/http-server.mjs';

const QUESTION = 'What is (17.5 + 2) * 34?';
const INPUT = { expression: '(17.5 + 2) * 34' };
const RESULT = '(17.5 + 2) * 34 = 663';
const PARAMETERS = { type: 'object', properties: {} };
const EXTRA = { deltas_per_second: 2000, pace: 'protocols' };

let server;
before(async () => {
  server = await startServer({ root: '.', port: 0 });
});
after(() => server.close());

const at = (path) => new URL(path, server.address).href;
const post = (path, body) => fetch(at(path), { method: 'POST', body: JSON.stringify({ ...EXTRA, ...body }) });

/** How the answer begins: Markdown with the result in it. */
function answer(result) {
  return `Here is what I found: **${result.replace('*', '\\*')}**.`;
}

describe('Responses', () => {
  const client = () => new OpenAI({ apiKey: 'none', baseURL: at('v1'), maxRetries: 0 });
  const tools = [{ type: 'function', name: 'calculate', parameters: PARAMETERS, strict: false }];
  const ask = (input, extra = {}) => client().responses.stream({ model: 'any', input, tools, ...EXTRA, ...extra });

  test('a question, a tool call, the answer', async () => {
    const asked = await ask(QUESTION).finalResponse();
    assert.deepEqual(asked.output.map(({ type }) => type), ['reasoning', 'message', 'function_call']);
    assert.match(asked.output[0].summary[0].text, /There is a sum in it/);
    const call = asked.output[2];
    assert.deepEqual(JSON.parse(call.arguments), INPUT);
    assert.ok(asked.usage.output_tokens > asked.usage.output_tokens_details.reasoning_tokens);
    const input = [{ role: 'user', content: QUESTION }, ...asked.output, { type: 'function_call_output', call_id: call.call_id, output: RESULT }];
    const answered = await ask(input).finalResponse();
    assert.equal(answered.status, 'completed');
    assert.ok(answered.output_text.startsWith(answer(RESULT)));
  });

  test('goes on after any event', async () => {
    const whole = await (await post('v1/responses', { stream: true, background: true, input: QUESTION, tools })).text();
    const events = whole.split(/(?<=\n\n)/);
    const numbers = events.map((event) => JSON.parse(event.split('data: ')[1]).sequence_number);
    assert.deepEqual(numbers, numbers.map((_, index) => index));
    const { id } = JSON.parse(events[0].split('data: ')[1]).response;
    const again = async (query) => (await fetch(at(`v1/responses/${id}?stream=true${query}`))).text();
    assert.equal(await again(''), whole);
    assert.equal(await again('&starting_after=7'), events.slice(8).join(''));
    assert.equal((await fetch(at('v1/responses/resp_never?stream=true'))).status, 404);
  });
});

describe('Messages', () => {
  const client = () => new Anthropic({ apiKey: 'none', baseURL: server.address, maxRetries: 0 });
  const tools = [{ name: 'calculate', input_schema: PARAMETERS }];
  const ask = (messages, extra = {}) => client().messages.stream({ model: 'any', max_tokens: 1000, messages, tools, ...EXTRA, ...extra });

  test('a question, a tool call, the answer', async () => {
    const asked = await ask([{ role: 'user', content: QUESTION }]).finalMessage();
    assert.deepEqual(asked.content.map(({ type }) => type), ['thinking', 'text', 'tool_use']);
    assert.match(asked.content[0].thinking, /There is a sum in it/);
    assert.notEqual(asked.content[0].signature, '');
    assert.deepEqual(asked.content[2].input, INPUT);
    assert.equal(asked.stop_reason, 'tool_use');
    const result = { type: 'tool_result', tool_use_id: asked.content[2].id, content: RESULT };
    const answered = await ask([{ role: 'user', content: QUESTION }, asked, { role: 'user', content: [result] }]
      .map(({ role, content }) => ({ role, content }))).finalMessage();
    assert.equal(answered.stop_reason, 'end_turn');
    assert.ok(answered.content.at(-1).text.startsWith(answer(RESULT)));
    assert.ok(answered.usage.cache_read_input_tokens > 0 && answered.usage.output_tokens > 100);
  });

  test('comes again from its beginning', async () => {
    const body = { stream: true, messages: [{ role: 'user', content: QUESTION }], tools, resumable: true, reply: 'messages-again' };
    const whole = await (await post('v1/messages', body)).text();
    assert.equal(await (await fetch(at('demo/replies/messages-again'))).text(), whole);
  });

  test('fails as the protocol has it', async () => {
    await assert.rejects(ask([{ role: 'user', content: '!error now' }]).finalMessage(), /overloaded/);
  });
});

describe('the UI message stream', () => {
  const body = { ...EXTRA, tools: [{ type: 'function', function: { name: 'calculate' } }], resumable: true };
  const transport = () => new DefaultChatTransport({ api: at('api/chat'), body });
  /** The last state of the message that a stream makes. */
  async function read(stream) {
    let last;
    for await (const message of readUIMessageStream({ stream, terminateOnError: true })) last = message;
    return last;
  }
  const ask = async (chatId, messages) => read(await transport().sendMessages({ chatId, messages, trigger: 'submit-message', messageId: undefined, abortSignal: undefined }));

  test('a question, a tool call, the answer; the same again while it is kept', async () => {
    const question = { id: 'q', role: 'user', parts: [{ type: 'text', text: QUESTION }] };
    const asked = await ask('chat-of-this-test', [question]);
    assert.deepEqual(asked.parts.map(({ type }) => type), ['step-start', 'reasoning', 'text', 'tool-calculate']);
    const call = asked.parts[3];
    assert.deepEqual([call.state, call.input], ['input-available', INPUT]);
    assert.ok(asked.metadata.usage.outputTokens > 10);
    assert.deepEqual(await read(await transport().reconnectToStream({ chatId: 'chat-of-this-test' })), asked);
    const answeredCall = { ...asked, parts: [...asked.parts.slice(0, 3), { ...call, state: 'output-available', output: RESULT }] };
    const answered = await ask('chat-of-this-test', [question, answeredCall]);
    assert.ok(answered.parts.at(-1).text.startsWith(answer(RESULT)));
    assert.equal(await transport().reconnectToStream({ chatId: 'no-such-chat' }), null);
  });

  test('fails as the protocol has it', async () => {
    await assert.rejects(ask('chat-that-fails', [{ id: 'q', role: 'user', parts: [{ type: 'text', text: '!error now' }] }]), /overloaded/);
  });
});
