// @ts-check
/**
 * The tests of an application: a store in memory under Vitest and Jest, in each of their environments, with the package as
 * npm installs it.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { installPacked } from './support/packed.mjs';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const options = { timeout: 60_000 };

/** What all of them run. It uses nothing that an environment lacks: Jest's jsdom has no TextEncoder and no Response. */
const CONTENT = `
test('a reply is streamed, kept and taken along', async () => {
  const store = await openStore({ storage: 'memory' });
  const session = await store.sessions.create({ title: 'Test' });
  const heard = [];
  store.subscribe((events) => heard.push(...events));
  const draft = await store.messages.create(session.id, { role: 'assistant' });
  draft.appendText('Hello');
  await draft.addPart({ type: 'binary', mimeType: 'a/b', data: Uint8Array.of(1, 2, 3) });
  await draft.finish();
  const [message] = await store.messages.list(session.id);
  expect(message.parts[0]).toMatchObject({ type: 'text', text: 'Hello' });
  expect([...message.parts[1].data]).toEqual([1, 2, 3]);
  expect(heard.some(({ type }) => type === 'updated')).toBe(true);

  const stream = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\\n\\ndata: [DONE]\\n\\n';
  const bytes = Uint8Array.from(stream, (c) => c.charCodeAt(0));
  for (const chunk of [stream, bytes]) {
    const source = (async function* () { yield chunk; })();
    const run = await store.ingest(session.id, source, { format: 'openai-chat' });
    expect((await run.done).parts[0].text).toBe('Hi');
  }
  if (typeof Response === 'function') {
    const run = await store.ingest(session.id, new Response(stream), { format: 'openai-chat' });
    expect((await run.done).parts[0].text).toBe('Hi');
  }

  const file = await store.export();
  expect(file.size).toBeGreaterThan(1000);
  const other = await openStore({ name: 'other', storage: 'memory' });
  expect((await other.import(file)).sessions).toBe(1);
  await Promise.all([store.close(), other.close()]);
});

test('what lasts needs a browser, and the error says what to do', async () => {
  const error = await openStore().catch((thrown) => thrown);
  expect(error).toBeInstanceOf(MillraceError);
  expect(error.code).toBe('storage-unavailable');
  expect(error.message).toMatch(/^There is no Worker here: .*useEffect.*'memory'\\.$/);
});
`.replaceAll('\\\\', '\\');

/** @type {string} */
let folder;

before(() => {
  folder = installPacked();
  for (const name of ['vitest', 'jsdom', 'happy-dom', 'jest', 'jest-environment-jsdom']) {
    symlinkSync(join(modules, name), join(folder, 'node_modules', name));
  }
  mkdirSync(join(folder, 'vitest'));
  writeFileSync(join(folder, 'vitest', 'store.test.js'), `import { expect, test } from 'vitest';\nimport { MillraceError, openStore } from 'millrace';\n${CONTENT}`);
  mkdirSync(join(folder, 'jest'));
  writeFileSync(join(folder, 'jest', 'package.json'), '{ "type": "commonjs", "jest": { "transform": {} } }');
  writeFileSync(join(folder, 'jest', 'store.test.js'), `const { MillraceError, openStore } = require('millrace');\n${CONTENT}`);
});

after(() => rmSync(folder, { recursive: true, force: true }));

/** @param {string} program @param {string[]} args @param {string} cwd */
function run(program, args, cwd) {
  try {
    execFileSync(process.execPath, [join(modules, program), ...args], { cwd, encoding: 'utf8', stdio: 'pipe', env: { ...process.env, CI: '1', NODE_TEST_CONTEXT: '' } });
  } catch (error) {
    const { stdout, stderr } = /** @type {{ stdout: string; stderr: string }} */ (error);
    assert.fail(`${stdout}\n${stderr}`);
  }
}

for (const environment of ['node', 'jsdom', 'happy-dom']) {
  test(`Vitest, ${environment}`, options, () => run('vitest/vitest.mjs', ['run', '--root', '.', '--environment', environment], join(folder, 'vitest')));
}

for (const environment of ['node', 'jsdom']) {
  test(`Jest, ${environment}`, options, () => run('jest/bin/jest.js', ['--env', environment], join(folder, 'jest')));
}

test('a program that has closed its store ends at once', options, () => {
  const began = performance.now();
  writeFileSync(join(folder, 'program.mjs'), "import { openStore } from 'millrace'; await (await openStore({ storage: 'memory' })).close();");
  execFileSync(process.execPath, ['program.mjs'], { cwd: folder, timeout: 30_000 });
  // Closing may take 5 s; a timer of that length that nobody stops would keep the process for as long.
  assert.ok(performance.now() - began < 5000);
});
