// Modules of the demo that need no page.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { after, before, describe, test } from 'node:test';
import { createServer } from 'vite';
import { openStore } from 'millrace';

let vite;
const load = (path) => vite.ssrLoadModule(`/src/${path}`);

before(async () => {
  vite = await createServer({
    configFile: false,
    root: fileURLToPath(new URL('..', import.meta.url)),
    server: { middlewareMode: true, ws: false },
    optimizeDeps: { noDiscovery: true },
    appType: 'custom',
    logLevel: 'error',
  });
});
after(() => vite.close());

describe('turns that ask again', () => {
  // Settings are read where a page keeps them.
  const page = { location: { href: 'http://127.0.0.1/' }, localStorage: { getItem: () => null }, sessionStorage: { getItem: () => null } };
  before(() => Object.assign(globalThis, page));
  after(() => Object.keys(page).forEach((name) => delete globalThis[name]));

  const said = (store, sessionId, role, text) => store.messages.create(sessionId, { role, parts: [{ type: 'text', text }] });
  const texts = async (store, sessionId) => (await store.messages.list(sessionId)).map(({ parts }) => parts[0]?.text);

  async function withTurns(body) {
    const { TurnRunner } = await load('agent/turn-runner.ts');
    const store = await openStore({ storage: 'memory' });
    try {
      await body({ store, turns: new TurnRunner(store), sessionId: (await store.sessions.create()).id });
    } finally {
      await store.close();
    }
  }

  test('without a question to ask again, nothing is changed', () => withTurns(async ({ store, turns, sessionId }) => {
    await said(store, sessionId, 'assistant', 'Welcome');
    await turns.retry(sessionId);
    assert.deepEqual(await texts(store, sessionId), ['Welcome']);
  }));

  test('a question that another tab has deleted is not edited, and nothing else is changed', () => withTurns(async ({ store, turns, sessionId }) => {
    await said(store, sessionId, 'user', 'First');
    const { id } = await said(store, sessionId, 'user', 'Second');
    await store.messages.delete(id);
    await turns.edit(sessionId, id, 'Second, again');
    assert.deepEqual(await texts(store, sessionId), ['First']);
  }));

  test('a question is stored or it is not, and whoever asks is told which', () => withTurns(async ({ store, turns, sessionId }) => {
    const { getNotices } = await load('ui/notices.ts');
    const missing = { type: 'file', mediaType: 'image/png', size: 1, blob: 'f'.repeat(64) };
    assert.equal(await turns.send(sessionId, 'Look', [missing]), false);
    assert.match(getNotices().alert, /f{64}/);
    assert.deepEqual(await texts(store, sessionId), []);
    assert.equal(await turns.send(sessionId, 'Look'), true, 'whatever becomes of the turn');
    assert.deepEqual(await texts(store, sessionId), ['Look']);
    turns.stop(sessionId);
  }));
});

describe('Markdown blocks', () => {
  const cases = [
    ['paragraphs', 'a\nb\n\nc\n\n\nd', ['a\nb', 'c', 'd']],
    ['a fence with blank lines', '```js\na\n\nb\n```\n\nc', ['```js\na\n\nb\n```', 'c']],
    ['a fence that is still open', 'a\n\n```\nb\n\nc', ['a', '```\nb\n\nc']],
    ['a longer fence around a shorter one', '````\n```\n\na\n````\n\nb', ['````\n```\n\na\n````', 'b']],
    ['a fence of tildes', '~~~\n```\n\na\n~~~\n\nb', ['~~~\n```\n\na\n~~~', 'b']],
    ['a loose list', '- a\n\n- b\n\n  more of b\n\nc', ['- a\n\n- b\n\n  more of b', 'c']],
    ['a numbered list with a fence', '1. a\n\n   ```\n   x\n\n   y\n   ```\n\n2. b', ['1. a\n\n   ```\n   x\n\n   y\n   ```\n\n2. b']],
    ['a heading and a table', '# a\n\n| b |\n| --- |\n| c |\n\nd', ['# a', '| b |\n| --- |\n| c |', 'd']],
    ['nothing', '\n\n', []],
  ];
  for (const [name, text, blocks] of cases) {
    test(name, async () => {
      const { splitBlocks } = await load('ui/markdown-blocks.ts');
      assert.deepEqual(splitBlocks(text), blocks);
    });
  }

  test('a text that grows changes in its last two blocks only', async () => {
    const { splitBlocks } = await load('ui/markdown-blocks.ts');
    const text = cases.map(([, markdown]) => markdown.replaceAll('`', '')).join('\n\nnext\n\n');
    let before = [];
    for (let end = 1; end <= text.length; end++) {
      const now = splitBlocks(text.slice(0, end));
      assert.deepEqual(now.slice(0, Math.max(0, before.length - 2)), before.slice(0, -2), JSON.stringify(text.slice(0, end)));
      before = now;
    }
  });
});

describe('types of files', () => {
  const cases = [
    ['notes.md', '', 'text/plain', true], ['data.json', 'application/json', 'application/json', true], ['drawing.svg', 'image/svg+xml', 'image/svg+xml', true],
    ['a.bin', '', 'application/octet-stream', false], ['a.pdf', 'application/pdf', 'application/pdf', false], ['a.png', 'image/png', 'image/png', false],
  ];
  for (const [name, type, mediaType, text] of cases) {
    test(name, async () => {
      const { mediaTypeOf, isText } = await load('agent/media-types.ts');
      assert.equal(mediaTypeOf({ name, type }), mediaType);
      assert.equal(isText(mediaType), text);
    });
  }
});

describe('what a reply costs', () => {
  test('what comes from the cache is cheaper, and reasoning is part of what is written', async () => {
    const { costOf } = await load('agent/prices.ts');
    assert.equal(costOf('gpt-4o', { inputTokens: 1_000_000, outputTokens: 0 }), 2.5);
    assert.equal(costOf('gpt-4o', { inputTokens: 1_000_000, cachedInputTokens: 1_000_000, outputTokens: 100_000, reasoningTokens: 50_000 }), 2.25);
    assert.equal(costOf('toString', { inputTokens: 1, outputTokens: 1 }), undefined);
  });
});

describe('calculator', () => {
  for (const [expression, value] of [['1+2*3', 7], ['(17.5 + 2) * 34', 663], ['2^3^2', 512], ['-2^2', -4], ['10/4-1', 1.5], ['--3', 3]]) {
    test(expression, async () => assert.equal((await load('agent/calculator.ts')).calculate(expression), value));
  }
  for (const expression of ['', '1+', '(1', '1)', 'alert(1)', '1 2']) {
    test(`“${expression}” is refused`, async () => {
      const { calculate } = await load('agent/calculator.ts');
      assert.throws(() => calculate(expression), /expected|closed/);
    });
  }
});

describe('history for a request', () => {
  const message = (role, ...parts) => ({ role, parts });
  const text = (value) => ({ type: 'text', text: value });
  const call = (id, finished = true) => ({ type: 'tool_call', id, name: 'tool', input: '{}', finished });
  const result = (toolCallId) => ({ type: 'tool_result', toolCallId, name: 'tool', content: 'it is' });

  test('answered calls are sent with their results', async () => {
    const { toChatMessages } = await load('agent/history.ts');
    const sent = toChatMessages([
      message('user', text('a')),
      message('assistant', { type: 'reasoning', text: 'hm' }, text('b'), call('1'), { type: 'finish', reason: 'tool_use', time: 0 }),
      message('tool', result('1')),
      message('assistant', text('c')),
    ]);
    assert.deepEqual(sent, [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b', tool_calls: [{ id: '1', type: 'function', function: { name: 'tool', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: '1', content: 'it is' },
      { role: 'assistant', content: 'c' },
    ]);
  });

  test('files are pieces of what was said, after its words', async () => {
    const { toChatMessages } = await load('agent/history.ts');
    const [known, unknown] = [{ type: 'file', mediaType: 'image/png' }, { type: 'file', mediaType: 'image/png' }];
    const piece = { type: 'image_url', image_url: { url: 'data:,' } };
    const attached = new Map([[known, piece]]);
    assert.deepEqual(toChatMessages([message('user', known, text('a')), message('user', known), message('user', unknown, text('b'))], attached), [
      { role: 'user', content: [{ type: 'text', text: 'a' }, piece] }, { role: 'user', content: [piece] }, { role: 'user', content: 'b' },
    ]);
  });

  test('what an interruption left dangling is left out', async () => {
    const { toChatMessages } = await load('agent/history.ts');
    const sent = toChatMessages([
      message('user', text('a')),
      message('assistant', call('1')),
      message('assistant', text('b'), call('2', false)),
      message('assistant'),
      message('tool', result('3')),
      message('user', text('d')),
    ]);
    assert.deepEqual(sent, [{ role: 'user', content: 'a' }, { role: 'assistant', content: 'b' }, { role: 'user', content: 'd' }]);
  });

  test('calls wait for an answer until there is one, or another question', async () => {
    const { pendingToolCalls } = await load('agent/history.ts');
    const asked = [message('user', text('a')), message('assistant', call('1'), call('2'), call('3', false))];
    assert.deepEqual(pendingToolCalls(asked).map(({ id }) => id), ['1', '2']);
    assert.deepEqual(pendingToolCalls([...asked, message('tool', result('1'), result('2'))]), []);
    assert.deepEqual(pendingToolCalls([...asked, message('user', text('b'))]), []);
  });
});

describe('history for each protocol', () => {
  const store = { blobs: { get: async () => undefined } };
  const stored = [
    { id: 'q', sessionId: 's', role: 'user', parts: [{ type: 'file', name: 'plan.pdf', mediaType: 'application/pdf', blob: 'gone' }, { type: 'text', text: 'a' }] },
    { id: 'r', sessionId: 's', role: 'assistant', provider: 'elsewhere', parts: [{ type: 'reasoning', text: 'hm', signature: 'theirs' }, { type: 'text', text: 'b' }] },
  ];
  const historyFor = async (protocol, goOn) =>
    (await load('agent/provider-history.ts')).historyFor({ protocol, baseUrl: 'http://127.0.0.1/v1' }, store, stored, goOn);
  const words = (history) => JSON.stringify(history).match(/"(?:text|content)":"[^"]*"/g).map((field) => field.replace(/^"\w+":"|"$/g, ''));

  for (const protocol of ['openai-chat', 'openai-responses', 'anthropic', 'ai-sdk']) {
    test(`${protocol}: words before files, without what another provider signed, and the wish to go on`, async () => {
      const said = words(await historyFor(protocol, false));
      assert.equal(said[0], 'a');
      assert.match(said[1], /plan\.pdf/);
      assert.equal(said.at(-1), 'b');
      assert.doesNotMatch(JSON.stringify(await historyFor(protocol, false)), /theirs/);
      const goOn = words(await historyFor(protocol, true));
      assert.deepEqual(goOn.slice(0, -1), said);
      assert.match(goOn.at(-1), /^Continue your last reply exactly where it stopped/);
    });
  }
});

describe('colours', () => {
  const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');
  const [light, dark] = css.split('@media (prefers-color-scheme: dark)').map((part) =>
    Object.fromEntries([...part.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value])));

  function luminance(hex) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function contrast(a, b) {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  }

  const surfaces = ['page', 'surface', 'raised', 'sunken', 'hover'];
  const pairs = [
    ...surfaces.flatMap((surface) => [['text', surface, 4.5], ['text-muted', surface, 4.5]]),
    ...['page', 'surface', 'raised'].flatMap((surface) => [['accent', surface, 4.5], ['danger', surface, 4.5], ['line-strong', surface, 3]]),
    ['text', 'user', 4.5], ['text', 'chosen', 4.5], ['text', 'accent-soft', 4.5], ['text-muted', 'accent-soft', 4.5], ['on-accent', 'accent', 4.5], ['on-accent', 'accent-strong', 4.5],
    ['danger', 'danger-soft', 4.5], ['text', 'danger-soft', 4.5], ['notice', 'notice-soft', 4.5], ['series-saves', 'page', 4.5], ['series-deltas', 'page', 3],
  ];
  for (const [name, tokens] of [['light', light], ['dark', { ...light, ...dark }]]) {
    test(`are far enough apart (${name})`, () => {
      const faults = pairs
        .map(([a, b, least]) => [a, b, contrast(tokens[a], tokens[b]), least])
        .filter(([, , measured, least]) => !(measured >= least));
      assert.deepEqual(faults, []);
    });
  }
});

test('the figures go on from what was shown when another tab leads, whose store counts anew', async () => {
  const { latest, Sampler } = await load('figures/sampler.ts');
  const told = [10, 50, 3, 8];
  const stats = async () => {
    const count = told.shift();
    if (count === undefined) throw new Error('closed');
    return { updates: count, commits: count, notifications: count, bytesWritten: count };
  };
  const sampler = new Sampler({ stats });
  const shown = [];
  await new Promise((resolve) => {
    sampler.subscribe(() => {
      shown.push(latest(sampler.getSnapshot()).deltas);
      if (shown.length === 4) resolve();
    });
  });
  assert.deepEqual(shown, [0, 40, 40, 45]);
});
