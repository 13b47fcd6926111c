// @ts-check
/** UI messages of the AI SDK: there and back, and calls in every state. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ai6 from 'ai';
import * as ai7 from 'ai-7';
import { toProviderMessages } from '../../dist/providers/index.js';
import { call, result, stored, text } from './providers/stored.mjs';

/** @import { Message, Part, Role, ToolCallPart } from '../../dist/index.js' */

/** As a reader of the AI SDK's stream stores a part. @param {any} part @returns {Part[]} */
function storedParts(part) {
  const { type, providerMetadata, toolName = type.slice('tool-'.length), toolCallId, state, input, output, errorText, approval } = part;
  const extra = providerMetadata && { extra: { providerMetadata } };
  if (type === 'text') return [{ type, text: part.text, ...extra }];
  if (type === 'reasoning') return [{ type, text: part.text, ...(providerMetadata && { signature: JSON.stringify(providerMetadata) }) }];
  if (type === 'file') return [{ type, mediaType: part.mediaType, ...(part.filename && { name: part.filename }), url: part.url, ...extra }];
  if (type.startsWith('source-')) return [{ type: 'custom', name: 'source', data: part }];
  if (type.startsWith('data-')) return [{ type: 'custom', name: type, data: part.data, ...(part.id && { id: part.id }) }];
  if (type === 'step-start') return [{ type: 'custom', name: type, data: null }];
  const { callProviderMetadata, providerExecuted } = part;
  const beside = { ...(callProviderMetadata && { providerMetadata: callProviderMetadata }), ...(type === 'dynamic-tool' && { dynamic: true }) };
  const stored = call(toolCallId, {
    name: toolName, input: JSON.stringify(input), ...(providerExecuted && { providerExecuted }), ...(approval && { approval }),
    ...(Object.keys(beside).length > 0 && { extra: beside }),
  });
  if (state === 'output-available') return [stored, result(toolCallId, typeof output === 'string' ? output : JSON.stringify(output), { name: toolName })];
  return state === 'output-error' ? [stored, result(toolCallId, errorText, { name: toolName, isError: true })] : [stored];
}

const CONVERSATION = [
  { id: 's', role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
  {
    id: 'u', role: 'user', metadata: { createdAt: 1 },
    parts: [{ type: 'text', text: 'Look' }, { type: 'file', mediaType: 'image/png', filename: 'a.png', url: 'https://example.com/a.png' }, { type: 'data-place', data: { city: 'Bern' } }],
  },
  {
    id: 'a', role: 'assistant', parts: [
      { type: 'step-start' },
      { type: 'reasoning', text: 'Think', providerMetadata: { anthropic: { signature: 'SIG' } } },
      { type: 'text', text: 'Let me see.', providerMetadata: { openai: { itemId: 'msg_1' } } },
      { type: 'tool-weather', toolCallId: '1', state: 'output-available', input: { city: 'Bern' }, output: { celsius: 8 }, callProviderMetadata: { google: { thoughtSignature: 'T' } } },
      { type: 'tool-weather', toolCallId: '2', state: 'output-error', input: {}, errorText: 'No city.' },
      { type: 'dynamic-tool', toolName: 'mcp', toolCallId: '3', state: 'output-available', input: 'x', output: 'plain', approval: { id: 'p', approved: true, reason: 'Yes' } },
      { type: 'tool-search', toolCallId: '4', state: 'output-available', input: {}, output: ['r'], providerExecuted: true },
      { type: 'tool-pay', toolCallId: '5', state: 'output-denied', input: { sum: 1 }, approval: { id: 'q', approved: false, reason: 'No' } },
      { type: 'step-start' },
      { type: 'data-chart', id: 'c', data: [1, 2] },
      { type: 'source-url', sourceId: '1', url: 'https://example.com', title: 'Example' },
      { type: 'source-document', sourceId: '2', mediaType: 'application/pdf', title: 'Paper', filename: 'p.pdf' },
      { type: 'text', text: 'It is cold.' },
      { type: 'file', mediaType: 'image/png', url: 'data:image/png;base64,UE5H', providerMetadata: { google: { thoughtSignature: 'F' } } },
      { type: 'tool-weather', toolCallId: '6', state: 'approval-responded', input: {}, approval: { id: 'r', approved: true } },
    ],
  },
];

test('there and back, nothing has changed', async () => {
  const messages = CONVERSATION.map(({ id, role, parts, metadata }) => (
    { ...stored(/** @type {Role} */ (role), parts.flatMap(storedParts)), id, ...(metadata && { metadata }) }));
  const back = toProviderMessages(messages, 'ai-sdk');
  assert.deepEqual(back, CONVERSATION);
  for (const sdk of /** @type {any[]} */ ([ai6, ai7])) assert.deepEqual(await sdk.validateUIMessages({ messages: back }), CONVERSATION);
});

test('calls that cannot be answered any more', () => {
  /** @param {Partial<ToolCallPart>} fields @param {Message[]} later */
  const stateOf = (fields, ...later) => {
    const parts = toProviderMessages([stored('assistant', [call('1', fields)], 'interrupted'), ...later], 'ai-sdk')[0]?.parts;
    const { type: _type, toolCallId: _id, ...state } = /** @type {any} */ (parts?.[1]);
    return state;
  };
  const input = { q: 1 };
  const user = stored('user', [text('Well?')]);
  const lost = 'The call was interrupted, and there is no result. It is not known whether the tool ran.';
  assert.deepEqual(stateOf({}), { state: 'output-error', input, errorText: lost });
  assert.deepEqual(stateOf({ input: '{"q', finished: false }), {
    state: 'output-error', input: { invalid_json: '{"q' }, errorText: 'The call was interrupted before its input was complete. The tool did not run.',
  });
  assert.deepEqual(stateOf({ approval: { id: 'a' } }), { state: 'output-denied', input, approval: { id: 'a', approved: false, reason: 'The tool did not run: nobody has allowed it.' } });
  assert.deepEqual(stateOf({ approval: { id: 'a', approved: true } }), { state: 'approval-responded', input, approval: { id: 'a', approved: true } });
  assert.deepEqual(stateOf({ approval: { id: 'a', approved: true } }, user), { state: 'output-error', input, errorText: lost, approval: { id: 'a', approved: true } });
});

test('results of role tool fold into the reply that asked', () => {
  const messages = [stored('assistant', [call('1')], 'tool_use'), stored('tool', [result('1', '{"a":1}'), result('stray', 'B')]), stored('assistant', [text('So.')])];
  assert.deepEqual(toProviderMessages(messages, 'ai-sdk'), [
    { id: messages[0]?.id, role: 'assistant', parts: [{ type: 'step-start' }, { type: 'tool-get', toolCallId: '1', state: 'output-available', input: { q: 1 }, output: { a: 1 } }] },
    { id: messages[1]?.id, role: 'user', parts: [{ type: 'text', text: '[result of the tool get]\nB' }] },
    { id: messages[2]?.id, role: 'assistant', parts: [{ type: 'step-start' }, { type: 'text', text: 'So.' }] },
  ]);
});
