// The demo's server by itself: the protocol, the pace, the files.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startServer } from '../server/http-server.mjs';

const TOOLS = ['search_messages', 'calculate', 'current_time'].map((name) => ({ type: 'function', function: { name } }));
const user = (content) => ({ role: 'user', content });
const CONTINUE = user('Continue your last reply exactly where it stopped.');

let folder;
let server;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-demo-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>here</title>');
  server = await startServer({ root: folder, port: 0 });
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

function post(path, body) {
  return fetch(new URL(path, server.address), { method: 'POST', body: JSON.stringify(body) });
}

/** The parsed events of a streamed reply. */
async function ask(messages, extra = {}) {
  const response = await post('v1/chat/completions', {
    model: 'any', stream: true, messages, deltas_per_second: 2000, stream_options: { include_usage: true }, ...extra,
  });
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  const events = (await response.text()).split('\n\n').filter((event) => event !== '');
  assert.equal(events.pop(), 'data: [DONE]');
  return events.map((event) => JSON.parse(event.replace(/^data: /, '')));
}

/** The text of a whole reply. */
async function answerTo(messages) {
  const { choices: [choice] } = await (await post('v1/chat/completions', { messages })).json();
  return choice.message.content;
}

describe('chat completions', () => {
  test('a question is answered with reasoning and a tool call in fragments', async () => {
    const events = await ask([user('What is (17.5 + 2) * 34?')], { tools: TOOLS });
    const deltas = events.flatMap((event) => event.choices.map((choice) => choice.delta));
    assert.ok(deltas.filter((delta) => delta.reasoning_content).length > 5);
    const calls = deltas.flatMap((delta) => delta.tool_calls ?? []);
    assert.equal(calls[0].function.name, 'calculate');
    assert.ok(calls.length > 3, 'the arguments come in fragments');
    assert.deepEqual(JSON.parse(calls.map((call) => call.function.arguments).join('')), { expression: '(17.5 + 2) * 34' });
    assert.equal(events.at(-2).choices[0].finish_reason, 'tool_calls');
    assert.ok(events.at(-1).usage.completion_tokens > 10);
  });

  test('tools that were not offered are not called', async () => {
    const { choices: [choice] } = await (await post('v1/chat/completions', { messages: [user('What is 3 * 7?')] })).json();
    assert.equal(choice.finish_reason, 'stop');
    assert.equal(choice.message.tool_calls, undefined);
  });

  test('a reply that was cut off anywhere goes on from its own text', async () => {
    const question = user('Tell me of the garden.');
    const whole = await answerTo([question]);
    for (const length of [1, 777, whole.length - 300]) {
      const start = whole.slice(0, length);
      const rest = await answerTo([question, { role: 'assistant', content: start }, CONTINUE]);
      assert.equal((start + rest).slice(0, whole.length), whole);
    }
  });

  test('without stream, the reply comes in one object', async () => {
    const response = await post('v1/chat/completions', { messages: [user('3 * 7?')], tools: TOOLS });
    const { choices: [choice], usage } = await response.json();
    assert.equal(choice.message.tool_calls[0].function.arguments, '{"expression":"3 * 7"}');
    assert.equal(choice.finish_reason, 'tool_calls');
    assert.equal(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens);
  });

  test('what a reply took: its reasoning, and what was read before', async () => {
    const { usage: first } = (await ask([user('Tell me of the garden.')])).at(-1);
    assert.ok(first.completion_tokens_details.reasoning_tokens > 5);
    assert.ok(first.completion_tokens_details.reasoning_tokens < first.completion_tokens);
    assert.equal(first.prompt_tokens_details.cached_tokens, 0);
    const { usage: second } = (await ask([user('Tell me of the garden.'), { role: 'assistant', content: 'Gladly.' }, user('And the river?')])).at(-1);
    assert.equal(second.prompt_tokens_details.cached_tokens, first.prompt_tokens);
  });

  test('files that come with a question are counted, and are no part of it', async () => {
    const files = [{ type: 'image_url', image_url: { url: 'data:,' } }, { type: 'text', text: '3 * 7' }];
    const { choices: [choice] } = await (await post('v1/chat/completions', { messages: [user([{ type: 'text', text: 'Tell me of the garden.' }, ...files])] })).json();
    assert.match(choice.message.content, /You have sent 2 files with it\./);
    assert.equal(choice.message.tool_calls, undefined);
  });

  test('a history with an unanswered tool call is refused, as providers do', async () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'calculate', arguments: '{}' } };
    const response = await post('v1/chat/completions', { messages: [user('a'), { role: 'assistant', content: '', tool_calls: [call] }, user('b')] });
    assert.equal(response.status, 400);
    assert.match((await response.json()).error.message, /call_1/);
  });

  test('bad requests are told what is wrong', async () => {
    for (const body of ['{', '[]', '{}', '{"messages":[]}', '{"messages":[{"role":"user","content":"a"}],"deltas_per_second":"fast"}']) {
      const response = await fetch(new URL('v1/chat/completions', server.address), { method: 'POST', body });
      assert.equal(response.status, 400, body);
      assert.equal(typeof (await response.json()).error.message, 'string');
    }
  });

  test('the models are listed', async () => {
    const { data } = await (await fetch(new URL('v1/models', server.address))).json();
    assert.deepEqual(data.map(({ id }) => id), ['millrace-demo']);
  });
});

describe('failures on demand', () => {
  test('!http-500', async () => {
    const response = await post('v1/chat/completions', { stream: true, messages: [user('!http-500 now')] });
    assert.equal(response.status, 500);
    assert.equal((await response.json()).error.type, 'server_error');
  });

  test('!drop breaks the connection', async () => {
    const response = await post('v1/chat/completions', { stream: true, messages: [user('!drop now')], deltas_per_second: 2000 });
    await assert.rejects(response.text());
  });

  test('!error ends in an error object', async () => {
    const response = await post('v1/chat/completions', { stream: true, messages: [user('!error now')], deltas_per_second: 2000 });
    const last = (await response.text()).trimEnd().split('\n\n').at(-1);
    assert.equal(JSON.parse(last.slice(6)).error.type, 'overloaded_error');
  });
});

describe('pace', () => {
  /** Deltas that come while the reader looks on for a while, per second. */
  async function measure(rate, seconds) {
    const abort = new AbortController();
    const response = await fetch(new URL('v1/chat/completions', server.address), {
      method: 'POST', signal: abort.signal,
      body: JSON.stringify({ stream: true, messages: [user('On and on.')], deltas_per_second: rate }),
    });
    const decoder = new TextDecoder();
    let count = 0;
    let start;
    for await (const chunk of response.body) {
      start ??= performance.now();
      count += decoder.decode(chunk, { stream: true }).split('data: ').length - 1;
      if (performance.now() - start > seconds * 1000) break;
    }
    const took = (performance.now() - start) / 1000;
    abort.abort();
    return count / took;
  }

  for (const [rate, seconds] of [[10, 2], [200, 1.5], [2000, 1.5]]) {
    test(`${rate} deltas a second`, async () => {
      const measured = await measure(rate, seconds);
      assert.ok(Math.abs(measured / rate - 1) < 0.2, `${measured} a second`);
    });
  }

  test('the rate of a reply can be changed while it streams', async () => {
    const abort = new AbortController();
    const response = await fetch(new URL('v1/chat/completions', server.address), {
      method: 'POST', signal: abort.signal,
      body: JSON.stringify({ stream: true, messages: [user('On and on.')], deltas_per_second: 10, pace: 'mine' }),
    });
    const reader = response.body.getReader();
    await reader.read();
    assert.deepEqual(await (await post('demo/pace', { pace: 'mine', deltas_per_second: 2000 })).json(), { changed: 1 });
    // At 10 a second this would take a minute and a half.
    let size = 0;
    while (size < 200_000) size += (await reader.read()).value.length;
    await reader.cancel();
    // A reader that is gone ends its reply.
    let changed;
    do changed = (await (await post('demo/pace', { pace: 'mine', deltas_per_second: 10 })).json()).changed;
    while (changed !== 0);
  });
});

describe('a reply that outlives its connection', () => {
  const begin = (reply, extra = {}) => post('v1/chat/completions', {
    stream: true, messages: [user('3 * 7?')], tools: TOOLS, deltas_per_second: 100, pace: `pace of ${reply}`, resumable: true, reply, ...extra,
  });
  const again = (reply) => fetch(new URL(`demo/replies/${reply}`, server.address));
  const cut = async (reply) => (await post('demo/cut', { pace: `pace of ${reply}` })).json();

  test('comes again byte for byte, and nothing comes of a name that is not known', async () => {
    const first = await begin('again-whole');
    const [live, whole] = await Promise.all([again('again-whole').then((response) => response.text()), first.text()]);
    assert.match(whole, /data: \[DONE\]\n\n$/);
    assert.equal(live, whole);
    const after = await again('again-whole');
    assert.match(after.headers.get('content-type'), /^text\/event-stream/);
    assert.equal(await after.text(), whole);
    assert.equal((await again('never-heard-of')).status, 204);
  });

  test('is cut in the middle, and goes on without a reader', async () => {
    const response = await begin('cut-in-the-middle', { deltas_per_second: 10 });
    const reader = response.body.getReader();
    let read = Buffer.from((await reader.read()).value);
    assert.deepEqual(await cut('cut-in-the-middle'), { cut: 1 });
    await assert.rejects(async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        read = Buffer.concat([read, value]);
      }
    });
    assert.deepEqual(await cut('cut-in-the-middle'), { cut: 0 });
    // It is composed further all the same: it still has its pace.
    assert.deepEqual(await (await post('demo/pace', { pace: 'pace of cut-in-the-middle', deltas_per_second: 2000 })).json(), { changed: 1 });
    const whole = await (await again('cut-in-the-middle')).text();
    assert.ok(whole.startsWith(read.toString()) && whole.length > read.length);
    assert.match(whole, /data: \[DONE\]\n\n$/);
  });

  test('is not kept when its server broke it', async () => {
    await assert.rejects((await begin('broken-by-server', { messages: [user('!drop now')] })).text());
    assert.equal((await again('broken-by-server')).status, 204);
  });

  test('needs a name, and a cut needs a pace', async () => {
    for (const reply of [undefined, 7, 'short', '../../demo/pace']) assert.equal((await begin(reply)).status, 400);
    assert.equal((await post('demo/cut', {})).status, 400);
  });

  test('only so many are kept, the latest of them', async () => {
    for (let n = 0; n <= 50; n++) await (await begin(`one-of-many-${n}`, { deltas_per_second: 2000 })).text();
    assert.equal((await again('one-of-many-0')).status, 204);
    assert.equal((await again('one-of-many-50')).status, 200);
  });
});

describe('files', () => {
  /** Paths as they are, where fetch would tidy them up. */
  const get = (path, headers = {}) => new Promise((resolve, reject) => {
    request(server.address, { path, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response));
    }).on('error', reject).end();
  });

  test('the page comes with its policy and without isolation headers', async () => {
    const response = await get('/');
    assert.equal(response.statusCode, 200);
    assert.match(response.headers['content-security-policy'], /script-src 'self' 'wasm-unsafe-eval';/);
    assert.equal(response.headers['x-content-type-options'], 'nosniff');
    assert.equal(response.headers['cross-origin-opener-policy'], undefined);
    assert.equal(response.headers['cross-origin-embedder-policy'], undefined);
  });

  test('nothing outside the folder is served', async () => {
    for (const path of ['/../package.json', '/..%2f..%2fetc/passwd', '/%2e%2e/%2e%2e/etc/passwd', '/%00', '/%zz', '/assets']) {
      assert.ok([400, 404].includes((await get(path)).statusCode), path);
    }
  });

  test('a page under another name cannot use the server', async () => {
    assert.equal((await get('/', { Host: 'evil.example' })).statusCode, 403);
  });
});
