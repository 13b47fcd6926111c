// @ts-check
/** What becomes of a conversation of ChatGPT or of Claude, in a store in memory, under Node. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openStore } from 'millrace';
import { importChatGPT } from 'millrace/import-chatgpt';
import { importClaude } from 'millrace/import-claude';
import { fileOf, options, withStore } from './support/imports.mjs';
import { randomFrom } from './support/page/random.js';

/** @import { Message, Part, Store } from 'millrace' */

/** @param {string} role @param {unknown} content @param {object} [more] */
const said = (role, content, more = {}) => ({
  id: 'x', author: { role, name: null }, content: typeof content === 'string' ? { content_type: 'text', parts: [content] } : content, recipient: 'all', weight: 1, ...more,
});

/** A conversation of ChatGPT, from `name: [parent, message, ...children]`. @param {Record<string, [string | null, unknown, ...string[]]>} nodes @param {object} [more] */
function chatGPT(nodes, more = {}) {
  const mapping = Object.fromEntries(Object.entries(nodes).map(([id, [parent, message, ...children]]) => [id, { id, parent, message, children }]));
  return { id: 'c', title: 'Mills', create_time: 1000.5, mapping, ...more };
}

/** @param {readonly Message[]} messages */
const named = (messages) => messages.map(({ id, parentId }) => `${id.replace(/^c:/, '')}<${parentId?.replace(/^c:/, '') ?? ''}`).join(' ');
/** @param {Store} store @param {string} [id] */
const allOf = (store, id = 'c') => store.messages.list(id, { all: true });
/** @param {Store} store */
const partsOf = async (store) => (await allOf(store)).map(({ parts }) => parts);
/** @param {Part[]} parts */
const withoutTimes = (parts) => parts.map((part) => ('time' in part ? { ...part, time: 0 } : part));

describe('ChatGPT', () => {
  withStore('D6_ a conversation keeps its tree, its times and the branch that was shown', async (store) => {
    const result = await importChatGPT(store, fileOf([chatGPT({
      root: [null, null, 'sys'], sys: ['root', said('system', ''), 'q'],
      q: ['sys', said('user', 'What is a mill race?', { create_time: 1001.25 }), 'a1', 'a2', 'a3'],
      a1: ['q', said('assistant', 'A channel.', { create_time: 1002, metadata: { model_slug: 'gpt-4o', finish_details: { type: 'stop' } } }), 'q2'],
      a2: ['q', said('assistant', 'A race of mills.', { create_time: null, weight: 0 })], a3: ['q', said('assistant', 'A leat.', { create_time: 900 })],
      q2: ['a1', said('user', 'Thanks', { metadata: { is_visually_hidden_from_conversation: true } })],
    }, { current_node: 'a2', is_starred: true })]));
    assert.deepEqual(result, { sessions: 1, messages: 5, skipped: 0, failed: 0, problems: [] });
    const session = await store.sessions.get('c');
    assert.deepEqual([session?.title, session?.createdAt, session?.metadata], ['Mills', 1_000_500, { importedFrom: 'chatgpt', starred: true }]);
    assert.equal(named(await store.messages.list('c')), 'q< a2<q');
    assert.deepEqual(await store.messages.branches('c'), [{ parentId: 'c:q', messageIds: ['c:a1', 'c:a2', 'c:a3'] }]);
    const [q, a1, a2, a3, q2] = ['q', 'a1', 'a2', 'a3', 'q2'].map((id) => store.messages.get(`c:${id}`));
    assert.deepEqual([(await q)?.role, (await q)?.createdAt, (await q)?.parts], ['user', 1_001_250, [{ type: 'text', text: 'What is a mill race?' }]]);
    assert.deepEqual([(await a1)?.model, (await a1)?.provider, (await a1)?.parts.at(-1)], ['gpt-4o', 'openai', { type: 'finish', reason: 'end_turn', time: 1_002_000 }]);
    // Without a time of its own it has that of its parent.
    assert.deepEqual([(await a2)?.createdAt, (await a2)?.metadata], [1_001_250, { weight: 0 }]);
    assert.equal((await a3)?.createdAt, 900_000);
    assert.deepEqual([(await q2)?.parentId, (await q2)?.metadata], ['c:a1', { hidden: true }]);
    assert.ok((await allOf(store)).every(({ finishedAt }) => finishedAt !== undefined));
  });

  withStore('D6_ sessions are in the order in which the conversations were used, and archived ones stay archived', async (store) => {
    const conversation = (/** @type {string} */ id, /** @type {number} */ time, more = {}) =>
      chatGPT({ q: [null, said('user', 'Hello', { create_time: time })] }, { id, create_time: 1, ...more });
    await importChatGPT(store, fileOf([conversation('middle', 200), conversation('oldest', 100), conversation('newest', 300), conversation('put-away', 400, { is_archived: true })]));
    assert.deepEqual((await store.sessions.list()).map(({ id }) => id), ['newest', 'middle', 'oldest']);
    assert.deepEqual((await store.sessions.list({ archived: true })).map(({ id }) => id), ['put-away']);
  });

  withStore('D6_ calls of tools and their results', async (store) => {
    const tool = (/** @type {string} */ name, /** @type {unknown} */ content) => said('tool', content, { author: { role: 'tool', name } });
    await importChatGPT(store, fileOf([chatGPT({
      q: [null, said('user', 'Count'), 'call'],
      call: ['q', said('assistant', { content_type: 'code', language: 'python', text: 'print(1)' }, { recipient: 'python', metadata: { finish_details: { type: 'stop' } } }), 'empty'],
      empty: ['call', null, 'output'],
      output: ['empty', tool('python', { content_type: 'execution_output', text: '1\n' }), 'picture'],
      picture: ['output', tool('python', { content_type: 'multimodal_text', parts: ['a plot', { content_type: 'image_asset_pointer', asset_pointer: 'file-service://file-1', width: 2, size_bytes: 3 }] }), 'page'],
      page: ['picture', tool('browser', { content_type: 'tether_quote', url: 'https://example.com', text: 'words', title: 'A page' }), 'broken'],
      broken: ['page', tool('browser', { content_type: 'system_error', name: 'E', text: 'failed' }), 'b'],
      b: ['broken', said('assistant', 'One.'), 'lost'],
      lost: ['b', tool('file_search', { content_type: 'tether_browsing_display', result: 'found', summary: 's' })],
    })]));
    const [, call, output, picture, page, broken, , lost] = await partsOf(store);
    assert.deepEqual(withoutTimes([...call ?? []]), [
      { type: 'tool_call', id: 'call', name: 'python', input: 'print(1)', finished: true }, { type: 'finish', reason: 'tool_use', time: 0 }]);
    assert.deepEqual(output, [{ type: 'tool_result', toolCallId: 'call', name: 'python', content: '1\n' }]);
    assert.deepEqual(picture, [{ type: 'tool_result', toolCallId: 'call', name: 'python', content: 'a plot' }, { type: 'custom', name: 'attachment', data: {
      type: 'image/*', size: 3, original: { content_type: 'image_asset_pointer', asset_pointer: 'file-service://file-1', width: 2, size_bytes: 3 } } }]);
    assert.deepEqual(page, [{ type: 'tool_result', toolCallId: 'call', name: 'browser', content: 'words',
      metadata: JSON.stringify({ content_type: 'tether_quote', url: 'https://example.com', title: 'A page' }) }]);
    assert.deepEqual(broken?.map((part) => part.type === 'tool_result' && part.isError), [true]);
    assert.deepEqual(lost, [{ type: 'tool_result', toolCallId: 'lost', name: 'file_search', content: 'found',
      metadata: JSON.stringify({ content_type: 'tether_browsing_display', summary: 's' }) }]);
  });

  withStore('D6_ reasoning, code, recordings, files, citations, and content of another kind as it is', async (store) => {
    const unknown = { content_type: 'user_editable_context', user_profile: 'A miller', big: 12345678901234, deep: [[{}]] };
    const attachments = [{ id: 'file_1', name: 'wheel.png', mimeType: 'image/png', size: 10 }, { id: 'file_2', name: 'notes.pdf', mime_type: 'application/pdf', size: 20 }];
    await importChatGPT(store, fileOf([chatGPT({
      a: [null, said('user', unknown), 'b'],
      b: ['a', said('user', { content_type: 'multimodal_text', parts: [
        { content_type: 'image_asset_pointer', asset_pointer: 'sediment://file_1#p', width: 4 }, 'Look', { content_type: 'audio_transcription', text: 'spoken', direction: 'in' },
        { content_type: 'audio_asset_pointer', asset_pointer: 'sediment://file_9', format: 'wav' }, { content_type: 'new_thing', x: 1 }, 7,
      ] }, { metadata: { attachments } }), 'c'],
      c: ['b', said('assistant', { content_type: 'thoughts', thoughts: [{ summary: 'Looking', content: 'It turns.' }, { summary: '', content: '' }, { summary: ['?'] }] }, { create_time: 5 }), 'd'],
      d: ['c', said('assistant', { content_type: 'reasoning_recap', content: 'Thought for 3 s' }), 'e'],
      e: ['d', said('assistant', { content_type: 'code', language: 'json', text: '{}' }, { status: 'in_progress' }), 'f'],
      f: ['e', said('assistant', 'It turns【1】', { metadata: { citations: [{ start_ix: 8 }], finish_details: { type: 'interrupted' } } })],
    })]));
    const [a, b, c, d, e, f] = await partsOf(store);
    assert.deepEqual(a, [{ type: 'custom', name: 'user_editable_context', data: unknown }]);
    assert.deepEqual(b?.map((part) => (part.type === 'custom' ? [part.name, part.data] : part.type === 'text' && part.text)), [
      ['attachment', { name: 'wheel.png', type: 'image/png', size: 10, original: { ...attachments[0], content_type: 'image_asset_pointer', asset_pointer: 'sediment://file_1#p', width: 4 } }],
      'Look', 'spoken', ['attachment', { type: 'audio/wav', original: { content_type: 'audio_asset_pointer', asset_pointer: 'sediment://file_9', format: 'wav' } }],
      ['new_thing', { content_type: 'new_thing', x: 1 }], ['unknown', 7],
      ['attachment', { name: 'notes.pdf', type: 'application/pdf', size: 20, original: attachments[1] }],
    ]);
    assert.deepEqual(c, [{ type: 'reasoning', text: 'Looking\n\nIt turns.', finishedAt: 5000 }, { type: 'custom', name: 'thoughts', data: { summary: ['?'] } }]);
    assert.deepEqual(d, [{ type: 'custom', name: 'reasoning_recap', data: { content_type: 'reasoning_recap', content: 'Thought for 3 s' } }]);
    assert.deepEqual(withoutTimes([...e ?? []]), [{ type: 'text', text: '{}', extra: { language: 'json' } }, { type: 'finish', reason: 'interrupted', time: 0 }]);
    assert.deepEqual(withoutTimes([...f ?? []]), [{ type: 'text', text: 'It turns【1】' }, { type: 'custom', name: 'citations', data: [{ start_ix: 8 }] }, { type: 'finish', reason: 'canceled', time: 0 }]);
  });

  withStore('D6_ circles, missing parents, nodes that nobody names: nothing is lost', async (store) => {
    const user = (/** @type {string} */ text) => said('user', text);
    const { failed } = await importChatGPT(store, fileOf([chatGPT({
      r: [null, user('r'), 'x', 'gone'], x: ['r', user('x')], orphan: ['nowhere', user('orphan')], unnamed: ['r', user('unnamed')],
      below: ['c1', user('below')], c1: ['c2', user('c1'), 'c2'], c2: ['c1', user('c2'), 'c1'], itself: ['itself', user('itself'), 'itself'],
      __proto__: [null, user('proto')], odd: [null, user('odd')],
    }, { current_node: 'gone' })]));
    assert.equal(failed, 0);
    assert.deepEqual(named(await allOf(store)).split(' ').sort(), ['below<c1', 'c1<c2', 'c2<', 'itself<', 'odd<', 'orphan<', 'r<', 'unnamed<r', 'x<r']);
  });

  withStore('D6_ a message id that two conversations have, and conversations without an id of their own', async (store) => {
    /** @returns {Record<string, [string | null, unknown]>} */
    const nodes = () => ({ n: [null, said('user', 'Shared')] });
    const file = [chatGPT(nodes(), { id: 'one' }), chatGPT(nodes(), { id: undefined, conversation_id: 'two' }), chatGPT(nodes(), { id: null })];
    assert.equal((await importChatGPT(store, fileOf(file))).messages, 3);
    assert.deepEqual((await store.sessions.list()).map(({ id }) => id).sort(), ['n', 'one', 'two']);
    assert.equal((await importChatGPT(store, fileOf(file))).skipped, 3);
  });

  withStore('D6_ ten thousand messages in a row, and ten thousand versions of one', async (store) => {
    const chain = Array.from({ length: 10_000 }, (_, n) => [`n${n}`, [n ? `n${n - 1}` : null, said(n % 2 ? 'tool' : 'assistant', String(n)), `n${n + 1}`]]);
    const versions = Array.from({ length: 10_000 }, (_, n) => [`v${n}`, [null, said('user', String(n))]]);
    const result = await importChatGPT(store, fileOf([chatGPT(Object.fromEntries(chain)), chatGPT(Object.fromEntries(versions), { id: 'wide', current_node: 'v3' })]));
    assert.equal(result.messages, 20_000);
    assert.equal((await store.messages.list('c')).length, 10_000);
    assert.deepEqual((await store.messages.list('wide')).map(({ id }) => id), ['wide:v3']);
  });

  test('D6_ random trees: parents, versions and the path that is shown are those of the export', options, async () => {
    const store = await openStore({ storage: 'memory', name: 'import-trees' });
    try {
      for (let seed = 1; seed <= 60; seed++) await checkRandomTree(store, seed);
    } finally {
      await store.close();
    }
  });
});

/** @param {Store} store @param {number} seed */
async function checkRandomTree(store, seed) {
  const random = randomFrom(seed);
  /** @type {Record<string, [string | null, unknown, ...string[]]>} */
  const nodes = {};
  const names = Array.from({ length: 1 + random(40) }, (_, n) => `n${n}`);
  for (const [n, name] of names.entries()) {
    const parent = n === 0 || random(12) === 0 ? null : `n${random(n)}`;
    nodes[name] = [parent, random(4) === 0 ? null : said('user', name)];
    if (parent) nodes[parent]?.splice(2 + random(nodes[parent].length - 1), 0, name);
  }
  const shown = names[random(names.length)] ?? '';
  const shuffled = Object.fromEntries(names.map((name) => /** @type {const} */ ([name, random(1000)])).sort((a, b) => a[1] - b[1]).map(([name]) => [name, nodes[name]]));
  const id = `tree${seed}`;
  await importChatGPT(store, fileOf([chatGPT(/** @type {any} */ (shuffled), { id, current_node: shown })]));

  const parentOf = (/** @type {string} */ name) => {
    let at = nodes[name]?.[0];
    while (at && !nodes[at]?.[1]) at = nodes[at]?.[0];
    return at ?? undefined;
  };
  const local = (/** @type {string | null | undefined} */ full) => full?.slice(id.length + 1);
  const stored = await store.messages.list(id, { all: true });
  const kept = names.filter((name) => nodes[name]?.[1]);
  assert.deepEqual(stored.map((message) => `${local(message.id)}<${local(message.parentId)}`).sort(), kept.map((name) => `${name}<${parentOf(name)}`).sort(), `seed ${seed}`);
  // Versions: as a walk of the export meets them, which goes through nodes without a message.
  const met = /** @type {string[]} */ ([]);
  const walk = (/** @type {string} */ name) => {
    met.push(name);
    for (const child of nodes[name]?.slice(2) ?? []) walk(/** @type {string} */ (child));
  };
  for (const name of Object.keys(shuffled)) if (!nodes[name]?.[0]) walk(name);
  for (const { parentId, messageIds } of await store.messages.branches(id)) {
    const versions = messageIds.map(local);
    assert.deepEqual(versions, met.filter((name) => versions.includes(name)), `seed ${seed}: versions below ${parentId}`);
  }
  const path = (await store.messages.list(id)).map((message) => local(message.id));
  const wanted = nodes[shown]?.[1] ? shown : parentOf(shown);
  if (wanted) assert.ok(path.includes(wanted), `seed ${seed}: ${wanted} is shown`);
}

describe('Claude', () => {
  const ROOT = '00000000-0000-4000-8000-000000000000';
  /** @param {unknown[]} chat_messages @param {object} [more] */
  const claude = (chat_messages, more = {}) => ({ uuid: 'c', name: 'Mills', created_at: '2025-01-02T03:04:05.000001Z', chat_messages, ...more });

  withStore('D6_ a conversation keeps its tree, its times and the branch that was shown', async (store) => {
    const at = (/** @type {number} */ second) => `2025-01-02T03:04:${String(second).padStart(2, '0')}.123456Z`;
    const result = await importClaude(store, fileOf([claude([
      { uuid: 'q', sender: 'human', text: '', content: [{ type: 'text', text: 'Hello' }], created_at: at(6), parent_message_uuid: ROOT },
      { uuid: 'a', sender: 'assistant', content: [{ type: 'text', text: 'One' }], created_at: at(7), parent_message_uuid: 'q' },
      { uuid: 'b', sender: 'assistant', content: [{ type: 'text', text: 'Two' }], created_at: at(8), parent_message_uuid: 'q' },
      { uuid: 'q2', sender: 'human', content: [{ type: 'text', text: 'More' }], parent_message_uuid: 'a' },
      { uuid: 'r', sender: 'human', content: [{ type: 'text', text: 'Edited' }], parent_message_uuid: ROOT },
    ], { current_leaf_message_uuid: 'b', summary: 'About mills', model: 'claude-x' })]));
    assert.deepEqual(result, { sessions: 1, messages: 5, skipped: 0, failed: 0, problems: [] });
    assert.deepEqual((await store.sessions.get('c'))?.metadata, { importedFrom: 'claude', summary: 'About mills' });
    assert.equal(named(await store.messages.list('c')), 'q< b<q');
    assert.deepEqual(await store.messages.branches('c'), [{ parentId: null, messageIds: ['c:q', 'c:r'] }, { parentId: 'c:q', messageIds: ['c:a', 'c:b'] }]);
    const a = await store.messages.get('c:a');
    assert.deepEqual([a?.role, a?.provider, a?.model, a?.createdAt], ['assistant', 'anthropic', 'claude-x', Date.parse('2025-01-02T03:04:07.123Z')]);
    assert.equal((await store.messages.get('c:q2'))?.createdAt, a?.createdAt);
  });

  withStore('D6_ an old export has no parents and only texts; ids that are missing or there twice', async (store) => {
    await importClaude(store, fileOf([claude([
      { uuid: 'q', sender: 'human', text: 'Hello', attachments: [{ file_name: 'a.txt', file_size: 3, file_type: 'txt', extracted_content: 'abc' }], files: [{ file_name: 'b.png' }] },
      { uuid: 'q', sender: 'assistant', text: 'Good evening.' }, { sender: 'moderator', text: 'Hm' }, 'nothing',
    ])]));
    assert.equal(named(await store.messages.list('c')), 'q< q:1<q message-2<q:1 message-3<message-2');
    assert.deepEqual((await allOf(store)).map(({ role, metadata }) => [role, metadata?.['role']]), [['user', undefined], ['assistant', undefined], ['system', 'moderator'], ['system', undefined]]);
    assert.deepEqual(await partsOf(store), [
      [{ type: 'text', text: 'Hello' }, { type: 'custom', name: 'attachment', data: { name: 'a.txt', type: 'txt', size: 3, text: 'abc', original: { file_name: 'a.txt', file_size: 3, file_type: 'txt' } } },
        { type: 'custom', name: 'attachment', data: { name: 'b.png', original: { file_name: 'b.png' } } }],
      [{ type: 'text', text: 'Good evening.' }], [{ type: 'text', text: 'Hm' }], [{ type: 'custom', name: 'unknown', data: 'nothing' }],
    ]);
  });

  withStore('D6_ a circle of parents is cut in the circle, and what hangs below it stays there', async (store) => {
    const said = (/** @type {string} */ uuid, /** @type {string} */ parent) => ({ uuid, sender: 'human', text: uuid, parent_message_uuid: parent });
    await importClaude(store, fileOf([claude([said('below', 'one'), said('one', 'two'), said('two', 'one'), said('root', ROOT)])]));
    assert.deepEqual(named(await allOf(store)).split(' ').sort(), ['below<one', 'one<', 'root<', 'two<one']);
  });

  withStore('D6_ thinking, tools, citations, and blocks of another kind', async (store) => {
    await importClaude(store, fileOf([claude([{ uuid: 'a', sender: 'assistant', text: 'flattened', content: [
      { type: 'thinking', thinking: 'Hm', signature: 's', start_timestamp: '2025-01-01T00:00:00Z', stop_timestamp: '2025-01-01T00:00:01Z' },
      { type: 'tool_use', id: 't', name: 'search', input: { q: 'mills' } }, { type: 'tool_result', tool_use_id: 't', name: 'search', content: [{ type: 'text', text: 'a' }, { type: 'image', file: 1 }, { type: 'text', text: 'b' }], is_error: true },
      { type: 'tool_use', name: 'repl', input: { code: 1 } }, { type: 'tool_result', name: 'repl', content: 'done' },
      { type: 'text', text: 'Found', citations: [{ url: 'x' }] }, { type: 'token_budget', left: 3 }, null,
    ] }])]));
    const time = Date.parse('2025-01-01T00:00:00Z');
    assert.deepEqual(await partsOf(store), [[
      { type: 'reasoning', text: 'Hm', signature: 's', startedAt: time, finishedAt: time + 1000 },
      { type: 'tool_call', id: 't', name: 'search', input: '{"q":"mills"}', finished: true },
      { type: 'tool_result', toolCallId: 't', name: 'search', content: 'a\nb', isError: true, metadata: '{"content":[{"type":"image","file":1}]}' },
      { type: 'tool_call', id: 'a:3', name: 'repl', input: '{"code":1}', finished: true }, { type: 'tool_result', toolCallId: 'a:3', name: 'repl', content: 'done' },
      { type: 'text', text: 'Found' }, { type: 'custom', name: 'citations', data: [{ url: 'x' }] }, { type: 'custom', name: 'token_budget', data: { type: 'token_budget', left: 3 } },
      { type: 'custom', name: 'unknown', data: null },
    ]]);
  });
});
