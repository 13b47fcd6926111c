// @ts-check
/** Runs the first example of each README as it is written there: the project's, and the one that npm shows. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from './support/chromium.mjs';
import { CONTENT_SECURITY_POLICY, serve } from './support/server.mjs';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

for (const path of ['../../README.md', '../README.md']) test(`the first example of ${path} runs as written`, { timeout: 30_000 }, async () => {
  const readme = readFileSync(here(path), 'utf8');
  const example = /```(?:js|ts)\n(.*?)```/s.exec(readme)?.[1] ?? '';
  assert.ok(example.includes("from 'millrace'"), 'a first example that imports the package');
  const importMap = JSON.stringify({ imports: { millrace: '/dist/index.js' } });
  const hash = createHash('sha256').update(importMap).digest('base64');
  const server = await serve({ dist: here('../dist') }, {
    policy: CONTENT_SECURITY_POLICY.replace("'self'", `'self' 'sha256-${hash}'`),
    pages: {
      '/readme.html': `<!doctype html><meta charset="utf-8"><body><script type="importmap">${importMap}</script>`,
      '/example.js': example,
    },
  });
  const browser = await launchChromium();
  try {
    const { page, troubles } = await openPage(browser.context, `${server.url}readme.html`);
    await page.evaluate(() => import(/** @type {string} */ ('/example.js')));
    assert.match((await page.textContent('body')) ?? '', /user: .+\nassistant: .+/s);
    assert.deepEqual(troubles, []);
  } finally {
    await browser.close();
    await server.close();
  }
});
