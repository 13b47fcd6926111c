// @ts-check
/** What the documentation says: its examples compile and run, its links lead somewhere. A failure names the file and the line. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { blocksOf, brokenLinks, markdownFiles, root } from './docs/blocks.mjs';
import { launchChromium, openPage } from './support/chromium.mjs';
import { CONTENT_SECURITY_POLICY, serve } from './support/server.mjs';

/** @import { Block } from './docs/blocks.mjs' */

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const files = markdownFiles();
const blocks = files.flatMap(blocksOf);
const options = { timeout: 60_000 };
const where = (/** @type {Block} */ { file, line }) => `${file}:${line}`;
/** Of the site's own dependencies: their types are not for the tests to hold. @type {any} */
const { parse: parseVue } = createRequire(join(root, 'docs/package.json'))('vue/compiler-sfc');
const { compile: compileSvelte } = await import(join(root, 'docs/node_modules/svelte/src/compiler/index.js'));

/** Code with empty lines in front, so that the compiler's line is the one of the Markdown file. @param {Block} block @param {string} code */
const inItsPlace = ({ line }, code) => `${'\n'.repeat(line - 1)}${code}\nexport {};\n`;

test('there are examples of every kind, and some that run', () => {
  for (const language of ['ts', 'tsx', 'js', 'jsx', 'vue', 'svelte']) assert.ok(blocks.some((block) => block.language === language), language);
  assert.ok(blocks.filter(({ runs }) => runs).length >= 5);
});

describe('examples compile', () => {
  /** @param {string} name @param {readonly [Block, string, string][]} sources with the ending of their file @param {object} strictness */
  function compile(name, sources, strictness) {
    const folder = join(root, 'build/examples', name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
    for (const [place, from] of Object.entries({
      millrace: here('..'), react: here('../node_modules/react'), '@types/react': here('../node_modules/@types/react'),
      csstype: here('../node_modules/csstype'), vue: join(root, 'docs/node_modules/vue'), svelte: join(root, 'docs/node_modules/svelte'),
    })) symlinkSync(from, join(folder, 'node_modules', place));
    cpSync(here('docs/names.d.ts'), join(folder, 'names.d.ts'));
    for (const [block, ending, code] of sources) {
      const path = join(folder, `${block.file}.${block.line}.${ending}`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, inItsPlace(block, code));
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
      compilerOptions: {
        target: 'es2022', module: 'esnext', moduleResolution: 'bundler', jsx: 'react-jsx', lib: ['es2022', 'dom', 'dom.iterable', 'dom.asynciterable'],
        types: [], noEmit: true, skipLibCheck: true, moduleDetection: 'force', ...strictness,
      },
      include: ['**/*.ts', '**/*.tsx'],
    }));
    execFileSync(here('../node_modules/.bin/tsc'), ['-p', folder], { cwd: folder, encoding: 'utf8' });
  }
  /** @param {() => void} run */
  function reported(run) {
    try {
      run();
    } catch (error) {
      assert.fail(/** @type {{ stdout?: string }} */ (error).stdout || String(error));
    }
  }

  test('TypeScript', options, () => reported(() => compile('strict', blocks.flatMap((block) => {
    if (block.language === 'ts' || block.language === 'tsx') return [[block, block.language, block.code]];
    if (block.language !== 'vue') return [];
    const { descriptor, errors } = parseVue(block.code);
    assert.deepEqual(errors, [], where(block));
    return [[block, 'ts', descriptor.scriptSetup.content]];
  }), { strict: true })));

  test('JavaScript', options, () => reported(() => compile('loose', blocks.flatMap((block) =>
    (block.language === 'js' || block.language === 'jsx' ? [[block, block.language.replace('js', 'ts'), block.code]] : [])), { strict: false })));

  for (const block of blocks.filter(({ language }) => language === 'svelte')) {
    test(`Svelte: ${where(block)}`, () => {
      const { warnings } = compileSvelte(block.code, { generate: 'client' });
      assert.deepEqual(warnings.map((/** @type {any} */ { message }) => message), []);
    });
  }
});

describe('examples run', () => {
  for (const block of blocks.filter(({ runs }) => runs)) {
    test(where(block), options, async () => {
      const imports = JSON.stringify({ imports: { millrace: '/dist/index.js', 'millrace/live': '/dist/live.js', 'millrace/import-chatgpt': '/dist/import-chatgpt.js' } });
      const hash = createHash('sha256').update(imports).digest('base64');
      const server = await serve({ dist: here('../dist') }, {
        policy: CONTENT_SECURITY_POLICY.replace("'self'", `'self' 'sha256-${hash}'`),
        pages: { '/page.html': `<!doctype html><meta charset="utf-8"><body><script type="importmap">${imports}</script>`, '/example.js': block.code },
      });
      const browser = await launchChromium();
      try {
        const { page, troubles } = await openPage(browser.context, `${server.url}page.html`);
        /** @type {string[]} */
        const said = [];
        page.on('console', (message) => { if (message.type() === 'log') said.push(message.text().trim()); });
        await page.evaluate(() => import(/** @type {string} */ ('/example.js')));
        assert.ok(said.length > 0 && said.every((line) => line !== '' && !/\bundefined\b/.test(line)), `it says what came out: ${JSON.stringify(said)}`);
        assert.deepEqual(troubles, []);
      } finally {
        await browser.close();
        await server.close();
      }
    });
  }
});

test('links lead somewhere', () => {
  const broken = files.flatMap((file) => brokenLinks(file).map((link) => `${file}: ${link}`));
  assert.deepEqual(broken, []);
});
