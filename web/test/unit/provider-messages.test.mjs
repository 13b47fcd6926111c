// @ts-check
/** What each provider is sent for what is stored. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toProviderMessages } from '../../dist/providers/index.js';
import { call, result, stored, text } from './providers/stored.mjs';

/** @import { Message, Part } from '../../dist/index.js' */
/** @import { ProviderMessagesOptions } from '../../dist/providers/index.js' */

const user = stored('user', [text('Hi')]);
const INTERRUPTED = 'The call was interrupted before its input was complete. The tool did not run.';
const LOST = 'The call was interrupted, and there is no result. It is not known whether the tool ran.';
/** @param {string} name @param {unknown} data @returns {Part} */
const custom = (name, data) => ({ type: 'custom', name, data });
/** @param {string} text @param {object} fields @returns {Part} */
const reasoning = (text, fields = {}) => ({ type: 'reasoning', text, ...fields });

describe('openai-chat', () => {
  const chat = (/** @type {Message[]} */ messages, /** @type {ProviderMessagesOptions} */ options = {}) => toProviderMessages(messages, 'openai-chat', options);

  test('calls, their results, and what the provider signed', () => {
    assert.deepEqual(chat([
      stored('system', [text('Be brief.')]), user,
      stored('assistant', [
        reasoning('Think', { signature: 'SIG' }), custom('redacted_reasoning', { type: 'reasoning.encrypted', data: 'E' }),
        text('Let me look.'), call('a', { input: '{ "q": 1 }', extra: { extra_content: { google: { thought_signature: 'T' } } } }), call('b'),
        custom('usage', {}), custom('source', {}), custom('provider_extra', { extra_content: { x: 1 }, provider_metadata: { cost: 1 } }),
      ], 'tool_use'),
      stored('tool', [result('b', 'B'), result('a', 'A')]),
      stored('assistant', [custom('redacted_reasoning', { reasoning_opaque: 'O' }), text('Done.')]),
    ]), [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      {
        role: 'assistant', content: 'Let me look.',
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'get', arguments: '{ "q": 1 }' }, extra_content: { google: { thought_signature: 'T' } } },
          { id: 'b', type: 'function', function: { name: 'get', arguments: '{"q":1}' } },
        ],
        extra_content: { x: 1 },
        reasoning_details: [{ type: 'reasoning.text', text: 'Think', signature: 'SIG' }, { type: 'reasoning.encrypted', data: 'E' }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'A' },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
      { role: 'assistant', content: 'Done.', reasoning_opaque: 'O' },
    ]);
  });

  test('reasoning as text goes into the field that is asked for', () => {
    const [, reply] = chat([user, stored('assistant', [reasoning('One'), text('Yes.'), reasoning('Two')])], { reasoning: 'reasoning_content' });
    assert.deepEqual(reply, { role: 'assistant', content: 'Yes.', reasoning_content: 'One\n\nTwo' });
  });

  test('what was interrupted: a cut input becomes valid, a call without a result gets an error, what is empty goes', () => {
    assert.deepEqual(chat([
      user, stored('assistant', [reasoning('Hm')], 'interrupted'), stored('assistant', [text('So far')], 'canceled'),
      stored('assistant', [call('a', { input: '{"q":', finished: false }), call('b'), call('c', { approval: { id: '1', approved: false, reason: 'Too costly.' } })], 'error'),
      user,
    ]).slice(1, -1), [
      { role: 'assistant', content: 'So far' },
      {
        role: 'assistant', content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'get', arguments: '{"invalid_json":"{\\"q\\":"}' } },
          { id: 'b', type: 'function', function: { name: 'get', arguments: '{"q":1}' } },
          { id: 'c', type: 'function', function: { name: 'get', arguments: '{"q":1}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: INTERRUPTED },
      { role: 'tool', tool_call_id: 'b', content: LOST },
      { role: 'tool', tool_call_id: 'c', content: 'The tool did not run: Too costly.' },
    ]);
  });

  test('results: in the reply they begin a next step, a preliminary one is none, a stray one is text', () => {
    assert.deepEqual(chat([
      stored('tool', [result('gone', 'Old')]),
      stored('assistant', [call('a'), result('a', 'half', { preliminary: true }), text('Wait.'), result('a', 'A'), text('So.')]),
    ]), [
      { role: 'user', content: '[result of the tool get]\nOld' },
      { role: 'assistant', content: 'Wait.', tool_calls: [{ id: 'a', type: 'function', function: { name: 'get', arguments: '{"q":1}' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'A' },
      { role: 'assistant', content: 'So.' },
    ]);
  });

  test('a preliminary result alone is none', () => {
    const sent = chat([stored('assistant', [call('a'), result('a', 'half', { preliminary: true })], 'interrupted')]);
    assert.deepEqual(sent.at(-1), { role: 'tool', tool_call_id: 'a', content: LOST });
  });

  test('ids that two replies share, that are too long, and that hold a signature', () => {
    const long = `chatcmpl-tool-${'f'.repeat(32)}`;
    const signed = `call_1__thought__${'f'.repeat(60)}`;
    const sent = chat([
      stored('assistant', [call('call_0')]), stored('tool', [result('call_0', 'first')]),
      stored('assistant', [call('call_0'), call(long), call(signed)]), stored('tool', [result('call_0', 'second'), result(long, 'long')]),
    ]);
    const ids = sent.flatMap((message) => (message.role === 'assistant' ? message.tool_calls ?? [] : []).map(({ id }) => id));
    assert.deepEqual(ids, ['call_0', 'call_0_2', long.slice(0, 40), signed]);
    assert.deepEqual(sent.flatMap((message) => (message.role === 'tool' ? [message.content] : [])), ['first', 'second', 'long', LOST]);
  });
});

describe('files', () => {
  const parts = /** @type {Part[]} */ ([
    text('Look:'),
    { type: 'file', mediaType: 'image/png', name: 'a.png', blob: 'a' },
    { type: 'file', mediaType: 'application/pdf', name: 'b.pdf', url: 'data:application/pdf;base64,UERG' },
    { type: 'file', mediaType: 'application/pdf', name: 'c.pdf', blob: 'c' },
    { type: 'file', mediaType: 'text/csv', name: 'd.csv', url: 'data:text/csv,gr%C3%BCn' },
    { type: 'binary', mimeType: 'image/gif', data: new Uint8Array([0, 255]) },
    { type: 'image_url', url: 'https://example.com/e.webp', detail: 'low' },
  ]);
  const options = { blobs: new Map([['a', 'data:image/png;base64,UE5H']]) };
  const note = '[file c.pdf (application/pdf) is not included]';
  const send = (/** @type {'openai-chat' | 'openai-responses' | 'anthropic' | 'ai-sdk'} */ format) => {
    const [message] = toProviderMessages([stored('user', parts)], format, options);
    return /** @type {any} */ (message)?.content ?? /** @type {any} */ (message)?.parts;
  };

  test('openai-chat', () => assert.deepEqual(send('openai-chat'), [
    { type: 'text', text: 'Look:' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,UE5H' } },
    { type: 'file', file: { file_data: 'data:application/pdf;base64,UERG', filename: 'b.pdf' } },
    { type: 'text', text: note },
    { type: 'text', text: '[file d.csv (text/csv)]\ngrün' },
    { type: 'image_url', image_url: { url: 'data:image/gif;base64,AP8=' } },
    { type: 'image_url', image_url: { url: 'https://example.com/e.webp', detail: 'low' } },
  ]));

  test('openai-responses', () => assert.deepEqual(send('openai-responses'), [
    { type: 'input_text', text: 'Look:' },
    { type: 'input_image', image_url: 'data:image/png;base64,UE5H', detail: 'auto' },
    { type: 'input_file', file_data: 'data:application/pdf;base64,UERG', filename: 'b.pdf' },
    { type: 'input_text', text: note },
    { type: 'input_text', text: '[file d.csv (text/csv)]\ngrün' },
    { type: 'input_image', image_url: 'data:image/gif;base64,AP8=', detail: 'auto' },
    { type: 'input_image', image_url: 'https://example.com/e.webp', detail: 'low' },
  ]));

  test('anthropic', () => assert.deepEqual(send('anthropic'), [
    { type: 'text', text: 'Look:' },
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'UE5H' } },
    { type: 'document', title: 'b.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'UERG' } },
    { type: 'text', text: note },
    { type: 'document', title: 'd.csv', source: { type: 'text', media_type: 'text/plain', data: 'grün' } },
    { type: 'image', source: { type: 'base64', media_type: 'image/gif', data: 'AP8=' } },
    { type: 'image', source: { type: 'url', url: 'https://example.com/e.webp' } },
  ]));

  test('ai-sdk', () => assert.deepEqual(send('ai-sdk'), [
    { type: 'text', text: 'Look:' },
    { type: 'file', mediaType: 'image/png', filename: 'a.png', url: 'data:image/png;base64,UE5H' },
    { type: 'file', mediaType: 'application/pdf', filename: 'b.pdf', url: 'data:application/pdf;base64,UERG' },
    { type: 'text', text: note },
    { type: 'file', mediaType: 'text/csv', filename: 'd.csv', url: 'data:text/csv;base64,Z3LDvG4=' },
    { type: 'file', mediaType: 'image/gif', url: 'data:image/gif;base64,AP8=' },
    { type: 'file', mediaType: 'image/*', url: 'https://example.com/e.webp' },
  ]));

  test('a picture that a tool gave', () => {
    const messages = [user, stored('assistant', [call('a')]), stored('tool', [result('a', 'Here', { data: 'UE5H', mimeType: 'image/png' })])];
    assert.deepEqual(toProviderMessages(messages, 'openai-chat').at(-1), { role: 'tool', tool_call_id: 'a', content: 'Here\n[file (image/png) is not included]' });
    assert.deepEqual(toProviderMessages(messages, 'anthropic').at(-1)?.content, [{
      type: 'tool_result', tool_use_id: 'a',
      content: [{ type: 'text', text: 'Here' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'UE5H' } }],
    }]);
  });
});

describe('anthropic', () => {
  const anthropic = (/** @type {Message[]} */ messages, /** @type {ProviderMessagesOptions} */ options = {}) => toProviderMessages(messages, 'anthropic', options);

  test('thinking, calls, what its servers ran, and results that were stored later', () => {
    const found = { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] };
    assert.deepEqual(anthropic([
      stored('system', [text('Be brief.')]), user,
      stored('assistant', [
        reasoning('Think', { signature: 'SIG' }), custom('redacted_reasoning', { type: 'redacted_thinking', data: 'R' }), reasoning('unsigned'),
        call('srvtoolu_1', { name: 'web_search', providerExecuted: true }), result('srvtoolu_1', '', { extra: { item: found } }),
        text('Found.'), call('toolu_1'), call('toolu_2', { input: '[1]' }),
      ], 'tool_use'),
      stored('user', [text('Well?'), result('toolu_2', 'No', { isError: true }), result('toolu_1', ' ')]),
    ]), [
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant', content: [
          { type: 'thinking', thinking: 'Think', signature: 'SIG' }, { type: 'redacted_thinking', data: 'R' },
          { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { q: 1 } }, found,
          { type: 'text', text: 'Found.' }, { type: 'tool_use', id: 'toolu_1', name: 'get', input: { q: 1 } },
          { type: 'tool_use', id: 'toolu_2', name: 'get', input: { value: [1] } },
        ],
      },
      {
        role: 'user', content: [
          { type: 'tool_result', tool_use_id: 'toolu_1' },
          { type: 'tool_result', tool_use_id: 'toolu_2', content: [{ type: 'text', text: 'No' }], is_error: true },
          { type: 'text', text: 'Well?' },
        ],
      },
    ]);
  });

  test('a reply first, replies one after the other, blanks, thinking that nothing follows', () => {
    assert.deepEqual(anthropic([
      stored('assistant', [text('Welcome.')]), stored('user', [text(' \n')]),
      stored('assistant', [text('More. \n'), reasoning('Hm', { signature: 'SIG' })], 'interrupted'),
    ]), [
      { role: 'user', content: [{ type: 'text', text: '[The beginning of this conversation is not included.]' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Welcome.' }, { type: 'text', text: 'More.' }] },
    ]);
  });

  test('what a server did not finish is a call with an error, but for a reply that was paused', () => {
    const search = call('srvtoolu_1', { name: 'web_search', providerExecuted: true });
    const use = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { q: 1 } };
    assert.deepEqual(anthropic([user, stored('assistant', [search])])[1]?.content, [use]);
    for (const messages of [[user, stored('assistant', [search], 'canceled')], [user, stored('assistant', [search]), user]]) {
      const sent = anthropic(messages);
      assert.deepEqual(sent[1]?.content, [{ ...use, type: 'tool_use' }]);
      assert.deepEqual(sent[2]?.content[0], { type: 'tool_result', tool_use_id: 'srvtoolu_1', content: [{ type: 'text', text: LOST }], is_error: true });
    }
  });

  test('signatures of another provider stay away', () => {
    const reply = { ...stored('assistant', [reasoning('Think', { signature: 'SIG' }), text('Yes.')]), provider: 'other' };
    const signed = (/** @type {Message} */ { provider }) => provider === 'anthropic';
    assert.deepEqual(anthropic([user, reply], { signed })[1]?.content, [{ type: 'text', text: 'Yes.' }]);
    assert.equal(anthropic([user, { ...reply, provider: 'anthropic' }], { signed })[1]?.content.length, 2);
  });
});

describe('openai-responses', () => {
  const items = (/** @type {Message[]} */ messages, /** @type {ProviderMessagesOptions} */ options = {}) => toProviderMessages(messages, 'openai-responses', options);
  const search = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'q' } };
  const parts = [
    reasoning('One', { id: 'rs_1', signature: 'ENC' }), reasoning('Two', { id: 'rs_1/1' }),
    call('ws_1', { name: 'web_search', providerExecuted: true, extra: { item: { ...search, status: 'in_progress' } } }),
    result('ws_1', '', { extra: { item: search } }),
    custom('redacted_reasoning', { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'ENC2', status: null }),
    /** @type {Part} */ ({ type: 'text', text: 'A', id: 'msg_1' }), /** @type {Part} */ ({ type: 'text', text: 'No.', id: 'msg_1/1', refusal: true }),
    call('call_1', { extra: { item_id: 'fc_1' } }), call('call_2', { name: 'run', input: 'ls', extra: { item_id: 'ctc_1' } }),
  ];

  test('a reply goes back as its own items', () => {
    assert.deepEqual(items([user, stored('assistant', parts, 'tool_use'), stored('tool', [result('call_1', 'A'), result('call_2', 'B')])]), [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { type: 'reasoning', id: 'rs_1', encrypted_content: 'ENC', summary: [{ type: 'summary_text', text: 'One' }, { type: 'summary_text', text: 'Two' }] },
      search,
      { type: 'reasoning', id: 'rs_2', encrypted_content: 'ENC2', summary: [] },
      {
        type: 'message', role: 'assistant', id: 'msg_1', status: 'completed',
        content: [{ type: 'output_text', text: 'A', annotations: [] }, { type: 'refusal', refusal: 'No.' }],
      },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'get', arguments: '{"q":1}' },
      { type: 'custom_tool_call', id: 'ctc_1', call_id: 'call_2', name: 'run', input: 'ls' },
      { type: 'function_call_output', call_id: 'call_1', output: 'A' },
      { type: 'custom_tool_call_output', call_id: 'call_2', output: 'B' },
    ]);
  });

  test('an interrupted one, or one whose reasoning is not there, goes back without ids and reasoning', () => {
    const unsigned = parts.map((part) => (part.type === 'reasoning' ? reasoning(part.text, { id: part.id }) : part));
    for (const reply of [stored('assistant', parts, 'interrupted'), stored('assistant', unsigned, 'tool_use')]) {
      const sent = items([user, reply]);
      assert.deepEqual(sent.filter((item) => 'id' in item), []);
      assert.deepEqual(sent.slice(1, 3), [
        { type: 'function_call', call_id: 'ws_1', name: 'web_search', arguments: '{"q":1}' },
        { type: 'message', role: 'assistant', content: 'A' },
      ]);
    }
  });

  test('an item that comes twice has its id once, also where a part of it was left out', () => {
    const piece = (/** @type {string} */ id) => stored('assistant', [/** @type {Part} */ ({ type: 'text', text: id, id })]);
    const sent = items([piece('msg_1/1'), piece('msg_1'), piece('msg_2')]);
    assert.deepEqual(sent.map((item) => ('id' in item ? item.id : undefined)), ['msg_1', undefined, 'msg_2']);
  });

  test('a step that was whole keeps its reasoning when the next one was interrupted', () => {
    const sent = items([stored('assistant', [
      reasoning('', { id: 'rs_1', signature: 'ENC' }), call('call_1', { extra: { item_id: 'fc_1' } }), result('call_1', 'A'),
      reasoning('', { id: 'rs_2', signature: 'ENC' }), /** @type {Part} */ ({ type: 'text', text: 'So f', id: 'msg_1' }),
    ], 'interrupted')]);
    assert.deepEqual(sent.map((item) => ('id' in item ? item.id : item.type)), ['rs_1', 'fc_1', 'function_call_output', 'message']);
  });
});

test('bad arguments are named', () => {
  const refused = (/** @type {any[]} */ ...args) => {
    try {
      /** @type {any} */ (toProviderMessages)(...args);
      return assert.fail('not refused');
    } catch (error) {
      assert.equal(/** @type {any} */ (error).code, 'invalid-argument');
      return /** @type {Error} */ (error).message;
    }
  };
  const file = stored('user', [{ type: 'file', mediaType: 'image/png', blob: 'a' }]);
  assert.equal(refused([], 'gemini'), 'format must be one of openai-chat, openai-responses, anthropic, ai-sdk, got "gemini"');
  assert.match(refused([], 'toString'), /^format must be/);
  assert.equal(refused({}, 'anthropic'), 'messages must be an array, got an object');
  assert.equal(refused([], 'anthropic', { blobs: { a: 'data:,' } }), 'options.blobs must be a Map or a function, got an object');
  assert.equal(refused([file], 'anthropic', { blobs: async () => 'data:,' }), 'The URL of a file must be a string or undefined, got an object');
  assert.equal(refused([], 'anthropic', { signed: true }), 'options.signed must be a function, got true');
  assert.equal(refused([], 'openai-chat', { reasoning: true }), 'options.reasoning must be the name of a field, got true');
});
