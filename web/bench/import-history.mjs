// What it takes to bring a large export of ChatGPT or of Claude in: time, and memory of the process in which page and Worker are. The
// files lie on the disk and are chosen in the page, as a person does it. Chromium, OPFS. Ends with an error when a target is missed.
// node web/bench/import-history.mjs [megabytes]
import { createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from '../test/support/chromium.mjs';
import { exportPieces } from '../test/support/page/exports.js';
import { serve } from '../test/support/server.mjs';
import { heldBy, ranFor, workerOf } from './process.mjs';
import { table } from './table.mjs';
import { report } from './targets.mjs';

const MEGABYTES = Number(process.argv[2] ?? 100);
const SAMPLE_MS = 25;
/** Of the process, beyond what it holds when the store is open. A quarter of the file must take nearly as much as the whole. */
const MOST = { growthMB: 150, ratio: 1.5 };

const folder = mkdtempSync(join(tmpdir(), 'millrace-import-'));
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const imports = JSON.stringify({ imports: { millrace: '/dist/index.js', 'millrace/import-chatgpt': '/dist/import-chatgpt.js', 'millrace/import-claude': '/dist/import-claude.js' } });
const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Import</title><script type="importmap">${imports}</script><input type="file">`;
const server = await serve({ dist: here('../dist') }, { pages: { '/import.html': page }, policy: "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self'" });

async function writeExport(app, megabytes) {
  const path = join(folder, `${app}-${megabytes}.json`);
  await pipeline(Readable.from(exportPieces(app, megabytes * 1e6 * 0.97)), createWriteStream(path));
  return path;
}

/** In the page. */
async function openIt(name) {
  const { openStore } = await import('millrace');
  globalThis.store = await openStore({ name });
}
async function importIt(app) {
  const run = Object.values(await import(`millrace/import-${app}`))[0];
  const file = document.querySelector('input').files[0];
  // How long the page's thread was not free: what a person notices.
  let longest = 0;
  let last = performance.now();
  const ticks = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 4);
  const begun = performance.now();
  const result = await run(globalThis.store, file);
  const ms = performance.now() - begun;
  clearInterval(ticks);
  return { ms, longest, bytes: file.size, ...result };
}

/** Twice: the second import finds all of it there. */
async function measure(app, path) {
  const browser = await launchChromium();
  try {
    const { page: tab } = await openPage(browser.context, `${server.url}import.html`);
    await tab.locator('input').setInputFiles(path);
    await tab.evaluate(openIt, `import-${app}`);
    const worker = workerOf(browser);
    const { pid } = worker;
    const mainThread = { pid, thread: pid };
    const session = await tab.context().newCDPSession(tab);
    await session.send('Performance.enable');
    const [before, peak] = [heldBy(pid), { process: 0, heap: 0 }];
    const timer = setInterval(async () => {
      peak.process = Math.max(peak.process, heldBy(pid));
      const { metrics } = await session.send('Performance.getMetrics').catch(() => ({ metrics: [] }));
      peak.heap = Math.max(peak.heap, metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0);
    }, SAMPLE_MS);
    const [workerBefore, pageBefore] = [ranFor(worker), ranFor(mainThread)];
    const first = await tab.evaluate(importIt, app);
    clearInterval(timer);
    const ran = { workerRan: ranFor(worker) - workerBefore, pageRan: ranFor(mainThread) - pageBefore };
    const again = await tab.evaluate(importIt, app);
    if (first.failed > 0 || again.skipped !== first.sessions) throw new Error(JSON.stringify({ first, again }));
    return { ...first, ...ran, again: again.ms, beforeMB: before / 1024, growthMB: (peak.process - before) / 1024, heapMB: peak.heap / 2 ** 20 };
  } finally {
    await browser.close();
  }
}

try {
  const rows = [];
  const targets = [];
  for (const app of ['chatgpt', 'claude']) {
    const growth = [];
    for (const megabytes of [MEGABYTES / 4, MEGABYTES]) {
      const path = await writeExport(app, megabytes);
      const { ms, again, bytes, sessions, messages, beforeMB, growthMB, heapMB, longest, workerRan, pageRan } = await measure(app, path);
      growth.push(growthMB);
      rows.push([`${app}, ${(statSync(path).size / 1e6).toFixed(0)} MB`, `${sessions.toLocaleString('en-US')}; ${messages.toLocaleString('en-US')}`,
        `${(ms / 1000).toFixed(1)} s`, `${(bytes / 1e6 / (ms / 1000)).toFixed(1)}`, `${(again / 1000).toFixed(1)} s`,
        `${workerRan.toFixed(1)}; ${pageRan.toFixed(1)} s`, `${beforeMB.toFixed(0)}; +${growthMB.toFixed(0)} MB`, `${heapMB.toFixed(0)} MB`, `${longest.toFixed(0)} ms`]);
      rmSync(path);
    }
    targets.push([growth[1] <= MOST.growthMB, `${app}: the process grows by ${MOST.growthMB} MB at most`],
      [growth[1] <= growth[0] * MOST.ratio, `${app}: four times the file takes less than ${MOST.ratio} times the memory`]);
  }
  console.log('\n### Exports imported in Chromium, on OPFS\n');
  console.log(table(['', 'sessions; messages', 'time', 'MB/s', 'once more', 'Worker; page ran', 'process before; at its peak', 'heap of the page', 'the page\'s thread not free'], rows));
  report(targets);
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
