// @ts-check
/** What the real packages of others send over HTTP, read in a browser. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchChromium } from './support/chromium.mjs';
import { agUiReply } from './sdk-streams/ag-ui.mjs';
import { AI_SDK } from './sdk-streams/ai-sdk.mjs';
import { serve } from './support/server.mjs';
import { FOLDERS } from './support/stage.mjs';

/** @import { Endpoint } from './support/provider.mjs' */
/** @import { TestPage } from './support/stage.mjs' */
/** @import { Message } from '../dist/index.js' */

/** @param {() => Response} reply @returns {Endpoint} */
const asSdk = (reply) => async (response) => {
  const { headers, body } = reply();
  response.writeHead(200, Object.fromEntries(headers));
  for await (const bytes of /** @type {AsyncIterable<Uint8Array>} */ (/** @type {unknown} */ (body))) response.write(bytes);
  response.end();
};

const endpoints = {
  ai6: asSdk(AI_SDK['ai 6'].response),
  ai7: asSdk(AI_SDK['ai 7'].response),
  agUi: (/** @type {Parameters<Endpoint>[0]} */ response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(agUiReply());
  },
};

/** @type {Awaited<ReturnType<typeof serve>>} */
let server;
/** @type {Awaited<ReturnType<typeof launchChromium>>} */
let browser;
/** @type {TestPage} */
let page;

before(async () => {
  server = await serve(FOLDERS, { endpoints });
  browser = await launchChromium();
  ({ page } = await browser.open(server.url));
});
after(async () => {
  await browser?.close();
  await server?.close();
});

/** The finished message. @param {string} endpoint @param {string} format @returns {Promise<Message>} */
const ingest = (endpoint, format) => page.evaluate(async ([path, read]) => {
  const { openStore } = await import(/** @type {any} */ ('/dist/index.js'));
  const store = await openStore({ storage: 'memory', name: path });
  const session = await store.sessions.create();
  const run = await store.ingest(session.id, { url: `/provider/${path}` }, { format: read });
  const message = await run.done;
  await store.close();
  return message;
}, [endpoint, format]);

/** A part by what both sides call it. @param {any} part @returns {unknown[]} */
function ofUi(part) {
  switch (part.type) {
    case 'text': return [{ text: part.text }];
    case 'reasoning': return [{ reasoning: part.text }];
    case 'source-url': return [{ source: part.url }];
    case 'step-start': return [];
    default:
      if (part.type.startsWith('data-')) return [{ data: part.data, name: part.type, id: part.id }];
      return [
        { call: part.toolCallId, name: part.type.replace('tool-', ''), input: part.input },
        { answer: part.toolCallId, isError: part.state === 'output-error', content: part.errorText ?? part.output },
      ];
  }
}

/** @param {any} part @returns {unknown[]} */
function ofStore(part) {
  switch (part.type) {
    case 'text': return [{ text: part.text }];
    case 'reasoning': return [{ reasoning: part.text }];
    case 'tool_call': return [{ call: part.id, name: part.name, input: JSON.parse(part.input) }];
    case 'tool_result': {
      const isError = part.isError ?? false;
      return [{ answer: part.toolCallId, isError, content: isError ? part.content : JSON.parse(part.content) }];
    }
    case 'custom':
      if (part.name === 'source') return [{ source: part.data.url }];
      return part.name.startsWith('data-') ? [{ data: part.data, name: part.name, id: part.id }] : [];
    default: return [];
  }
}

const byText = (/** @type {unknown} */ a, /** @type {unknown} */ b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

for (const [version, endpoint] of /** @type {const} */ ([['ai 6', 'ai6'], ['ai 7', 'ai7']])) {
  test(`I2_I3_ a stream of ${version} is what its own reader makes of it`, { timeout: 60_000 }, async () => {
    const message = await ingest(endpoint, 'ai-sdk');
    const theirs = await AI_SDK[version].message();
    // A result stands where it came here, and beside its call there.
    assert.deepEqual(message.parts.flatMap(ofStore).sort(byText), theirs.parts.flatMap(ofUi).sort(byText));
    const texts = (/** @type {any[]} */ parts) => parts.filter(({ type }) => type === 'text' || type === 'reasoning').map(({ text }) => text);
    assert.deepEqual(texts([...message.parts]), texts(theirs.parts));
    assert.deepEqual(message.metadata, theirs.metadata);
    assert.deepEqual(message.usage && [message.usage.inputTokens, message.usage.outputTokens], [10, 14]);
    assert.equal(message.parts.at(-1)?.type, 'finish');
    assert.equal(/** @type {any} */ (message.parts.at(-1)).reason, 'end_turn');
    assert.ok(!JSON.stringify(message).includes('not kept'), 'what is transient is not stored');
  });
}

test('I2_I3_ a run as the encoder of AG-UI writes it', { timeout: 60_000 }, async () => {
  const { parts } = await ingest('agUi', 'ag-ui');
  const of = (/** @type {string} */ type) => parts.filter((part) => part.type === type);
  assert.deepEqual(of('text').map((part) => /** @type {any} */ (part).text), ['Grüße aus Köln.']);
  assert.deepEqual(of('reasoning').map((part) => /** @type {any} */ (part).text), ['Let me see 🤔.']);
  assert.deepEqual(of('tool_call').map((part) => { const { id, name, input, finished } = /** @type {any} */ (part); return { id, name, input, finished }; }),
    [{ id: 'c', name: 'weather', input: '{"city":"Köln"}', finished: true }]);
  assert.deepEqual(of('tool_result').map((part) => /** @type {any} */ (part).content), ['20 degrees']);
  const custom = Object.fromEntries(of('custom').map((part) => [/** @type {any} */ (part).name, /** @type {any} */ (part).data]));
  assert.deepEqual(custom, { state: { city: 'Köln', days: [1] }, note: { by: 'the agent' } });
  assert.equal(/** @type {any} */ (parts.at(-1)).reason, 'end_turn');
});
