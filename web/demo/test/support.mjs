// What the browser test of the demo stands on: the built page, its server, a person's hands.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { launchChromium } from '../../test/support/chromium.mjs';
import { passHours } from '../../test/support/page/hours.js';
import { startServer } from '../server/http-server.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the demo on the built package, into a folder of this process alone, and serves it. `aging`: hours pass in its Workers when the test says so. */
export async function startDemo({ aging = false } = {}) {
  if (!existsSync(here('../../dist/index.js'))) throw new Error('The package is not built: run scripts/build first.');
  const folder = mkdtempSync(join(tmpdir(), 'millrace-demo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await build({ configFile: here('../vite.config.ts'), logLevel: 'error', build: { outDir: folder } });
  if (aging) putHoursIntoWorker(join(folder, 'assets'));
  return startServer({ root: `${folder}/`, port: 0 });
}

/** See test/support/workers/hours.js. */
function putHoursIntoWorker(folder) {
  const worker = join(folder, readdirSync(folder).find((name) => /^worker-.*\.js$/.test(name)));
  const hours = readFileSync(here('../../test/support/workers/hours.js'), 'utf8');
  writeFileSync(worker, `{\n${hours}}\n${readFileSync(worker, 'utf8')}`);
}

/** Lets hours pass in the Worker of the page, and waits for what was due then. */
export function letHoursPass(page, hours) {
  return page.evaluate(`(${passHours})(${hours}).then(({ through }) => through)`);
}

/** A browser with a fresh profile, in which pages remember what they complained about. */
export async function startBrowser() {
  // Scrollbars that take room, as on most desktops.
  const { context, close } = await launchChromium({ scrollbars: true });
  return {
    context,
    close,
    async open(address, { expected = [] } = {}) {
      const page = await context.newPage();
      const troubles = [];
      const note = (text) => expected.some((pattern) => pattern.test(text)) || troubles.push(text);
      page.on('pageerror', (error) => note(`uncaught: ${error.message}`));
      page.on('console', (message) => message.type() === 'error' && note(message.text()));
      await page.goto(address);
      return { page, troubles };
    },
  };
}

/** The parts of the page, found as assistive technology finds them. */
export function partsOf(page) {
  const conversations = page.getByRole('navigation', { name: 'Conversations' });
  return {
    field: page.getByRole('textbox', { name: 'Message' }),
    send: page.getByRole('button', { name: 'Send', exact: true }),
    stop: page.getByRole('button', { name: 'Stop the reply' }),
    questions: page.getByRole('article', { name: 'You' }),
    replies: page.getByRole('article', { name: 'Assistant' }),
    // What the page says beside its content; counters have the role too.
    status: page.locator('#root > [role=status]'),
    rate: page.getByRole('slider', { name: 'Rate of the reply' }),
    conversations,
    session: (title) => conversations.getByRole('button', { name: title, exact: true }),
    create: conversations.getByRole('button', { name: 'New conversation' }).first(),
    panel: page.getByRole('complementary', { name: 'Live figures' }),
  };
}

/** The rules of axe hold, the page has no scrollbars of its own, and something has the focus. */
export async function isTidy(page, where) {
  await page.evaluate(AXE);
  const faults = await page.evaluate(async () => (await globalThis.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`));
  assert.deepEqual(faults, [], where);
  assert.deepEqual(await page.evaluate(() => {
    const { scrollHeight, clientHeight, scrollWidth, clientWidth } = document.documentElement;
    return { down: scrollHeight > clientHeight, across: scrollWidth > clientWidth, focus: document.activeElement !== document.body };
  }), { down: false, across: false, focus: true }, where);
}

/** Types a question and sends it, with the keyboard alone. */
export async function ask(page, question) {
  const { field } = partsOf(page);
  await field.focus();
  await page.keyboard.type(question);
  await page.keyboard.press('Enter');
}

/** Waits until the figures that the store has counted, as the panel shows them, are `right`. */
export async function figuresWhere(page, right) {
  for (let shown = ''; ;) {
    const handle = await page.waitForFunction((before) => {
      const now = [...document.querySelectorAll('.figures tbody tr')].map((row) => row.cells[1].textContent).join(' ');
      return now !== before && now;
    }, shown);
    shown = await handle.jsonValue();
    const [deltas, saves, notifications] = shown.split(' ').map((value) => Number(value.replaceAll(',', '')));
    if (right({ deltas, saves, notifications })) return;
  }
}

/** Another model server, on another origin: it says what it is told to, piece by piece as `reply` has it, and remembers who asked. `reply` may be a function of the number of the request. `refusal`: it refuses, and wants to be left alone for so many seconds. */
export async function startOtherServer(reply, refusal) {
  const requests = [];
  const server = createServer(async (request, response) => {
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Headers', 'authorization, content-type');
    if (request.method === 'OPTIONS') return void response.end();
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push({ path: request.url, authorization: request.headers.authorization, body: JSON.parse(body) });
    if (refusal !== undefined) {
      response.setHeader('Access-Control-Expose-Headers', 'retry-after');
      response.setHeader('Content-Type', 'application/json');
      response.writeHead(429, { 'retry-after': String(refusal) });
      return void response.end(JSON.stringify({ error: { message: 'You ask too much.', type: 'rate_limit' } }));
    }
    response.setHeader('Content-Type', 'text/event-stream');
    for await (const content of typeof reply === 'function' ? reply(requests.length) : reply) response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
    response.end(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    requests,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
