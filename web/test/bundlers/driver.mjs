// @ts-check
/** Installs, builds and shows the applications, and looks at what Chromium makes of them. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openPage } from '../support/chromium.mjs';
import { serve } from '../support/server.mjs';

/** @import { BrowserContext } from 'playwright-core' */
/** @import { Application } from './applications.mjs' */

const EXPECTED = 'opfs | Works | not-found';
const REFUSED = /^MillraceError storage-unavailable: .*useEffect.*'memory'/;
const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile);

/** What programs of npm packages find. @param {string} folder */
const environment = (folder) => ({
  ...process.env,
  PATH: [join(folder, 'node_modules/.bin'), here('../../node_modules/.bin'), process.env['PATH']].join(':'),
  NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1', NUXT_TELEMETRY_DISABLED: '1', CI: '1',
});

/**
 * Writes the application into its folder, with the packed package. What the bundler needs is installed there if it is not
 * yet, or lies in web/node_modules.
 * @param {string} folder @param {Application} application @param {string} packed a folder with the package in its node_modules
 */
export async function makeApplication(folder, { packages, installed = [], files }, packed) {
  mkdirSync(folder, { recursive: true });
  const wanted = JSON.stringify({ name: 'app', private: true, type: 'module', dependencies: packages });
  const manifest = join(folder, 'package.json');
  if (!existsSync(manifest) || readFileSync(manifest, 'utf8') !== wanted) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    if (Object.keys(packages).length > 0) {
      writeFileSync(manifest, wanted);
      await run('npm', ['install', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
    }
    writeFileSync(manifest, wanted);
  }
  const kept = ['node_modules', 'package.json'];
  for (const name of readdirSync(folder)) if (!kept.includes(name)) rmSync(join(folder, name), { recursive: true });
  rmSync(join(folder, 'node_modules/millrace'), { recursive: true, force: true });
  cpSync(join(packed, 'node_modules/millrace'), join(folder, 'node_modules/millrace'), { recursive: true });
  for (const name of installed) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(here(`../../node_modules/${name}`), join(folder, 'node_modules', name));
  }
  for (const [name, text] of Object.entries({ ...files, 'page.js': readFileSync(here('page.js'), 'utf8') })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** @param {string} folder @param {Application} application */
export async function buildApplication(folder, { build, output }) {
  if (output) rmSync(join(folder, output), { recursive: true, force: true });
  await run('sh', ['-c', build], { cwd: folder, env: environment(folder), maxBuffer: 1e8 });
  // A page for bundlers that make none.
  if (existsSync(join(folder, 'dist.html'))) renameSync(join(folder, 'dist.html'), join(folder, 'dist/index.html'));
}

/** Serves a built folder as a plain server does. @param {string} folder @param {Application} application @param {BrowserContext} browser */
export async function showOutput(folder, { output = '' }, browser) {
  const place = join(folder, output);
  const server = await serve({ '': place }, { pages: { '/': readFileSync(join(place, 'index.html'), 'utf8') }, policy: "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self'" });
  try {
    await look(browser, server.url);
  } finally {
    await server.close();
  }
}

/**
 * Shows it as a server of its own does.
 * @param {string} folder @param {Application} application @param {string} name of the server @param {BrowserContext} browser
 */
export async function showServer(folder, { servers = {}, server: renders = false }, name, browser) {
  const port = await freePort();
  const [program, ...args] = (servers[name] ?? []).map((word) => word.replace('PORT', String(port)));
  const server = spawn(String(program), args, {
    cwd: folder, env: { ...environment(folder), PORT: String(port), HOST: '127.0.0.1' }, stdio: ['ignore', 'pipe', 'pipe'], detached: true,
  });
  let said = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => { said += text; });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  // Its children too: it leads a group.
  const end = () => {
    if (server.pid && server.exitCode === null) process.kill(-server.pid, 'SIGKILL');
  };
  // Of a test that timed out, `finally` is never reached.
  process.once('exit', end);
  try {
    const url = `http://127.0.0.1:${port}/`;
    await answering(url, () => server.exitCode !== null, () => said);
    await look(browser, url, renders);
  } finally {
    end();
    await ended;
    process.off('exit', end);
  }
}

/** @param {BrowserContext} browser @param {string} url @param {boolean} [renders] */
async function look(browser, url, renders = false) {
  const { page, troubles } = await openPage(browser, url);
  try {
    // A development server may load the page again when it has found what to bundle.
    await page.locator('#shown').first().waitFor({ state: 'attached' });
    assert.equal(await page.locator('#shown').first().textContent(), EXPECTED);
    if (renders) assert.match(await page.locator('#server').textContent() ?? '', REFUSED);
    assert.deepEqual(troubles, []);
  } finally {
    await page.close();
  }
}

/** @param {string} url @param {() => boolean} over @param {() => string} said */
async function answering(url, over, said) {
  for (;;) {
    if (over()) throw new Error(`The server has ended:\n${said()}`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    if (answer && answer.status >= 500) throw new Error(`${answer.status}: ${await answer.text()}\n${said()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
