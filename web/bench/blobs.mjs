// What a large file costs: MB/s in and out, and the memory of the process in which page and Worker are, for a file that lies on the
// disk and is chosen in the page. And what many of them change for opening and lists; what an export and an import with files cost, and a history of 5,000 messages. Chromium, OPFS. Ends with an error when a
// target is missed.   node web/bench/blobs.mjs [megabytes of one file] [how many are kept]
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from '../test/support/chromium.mjs';
import { serve } from '../test/support/server.mjs';
import { heldBy, ranFor, workerOf } from './process.mjs';
import { table } from './table.mjs';
import { report } from './targets.mjs';

const MEGABYTES = Number(process.argv[2] ?? 100);
const KEPT = Number(process.argv[3] ?? 10);
const SAMPLE_MS = 10;
const MOST_MB = 8;
const HISTORY = 5000;

const folder = mkdtempSync(join(tmpdir(), 'millrace-blobs-'));
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const page = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Blobs</title><input type="file">';
const server = await serve({ dist: here('../dist') }, { pages: { '/blobs.html': page } });

function writeFile(name) {
  const path = join(folder, name);
  const file = openSync(path, 'w');
  for (let written = 0; written < MEGABYTES; written++) writeSync(file, randomBytes(1_000_000));
  closeSync(file);
  return path;
}

/** In the page. */
async function openIt(name) {
  const { openStore } = await import('/dist/index.js');
  const begun = performance.now();
  globalThis.store = await openStore({ name });
  await globalThis.store.sessions.list();
  return performance.now() - begun;
}
async function putIt() {
  const begun = performance.now();
  const info = await globalThis.store.blobs.put(document.querySelector('input').files[0]);
  return { ms: performance.now() - begun, ...info };
}
async function getIt(id) {
  const begun = performance.now();
  const blob = await globalThis.store.blobs.get(id);
  const got = performance.now() - begun;
  const reader = blob.stream().getReader({ mode: 'byob' });
  let bytes = 0;
  for (let buffer = new ArrayBuffer(2 ** 20); ;) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done) break;
    bytes += value.length;
    buffer = value.buffer;
  }
  return { got, ms: performance.now() - begun, bytes };
}
/** An export with the content, and its import into another store. */
async function exportIt() {
  const begun = performance.now();
  globalThis.file = await globalThis.store.export({ blobs: true });
  return { ms: performance.now() - begun, size: globalThis.file.size };
}
async function importIt(name) {
  const { openStore } = await import('/dist/index.js');
  const other = await openStore({ name });
  const begun = performance.now();
  await other.import(globalThis.file);
  const ms = performance.now() - begun;
  const { bytes } = await other.blobs.usage();
  await other.close();
  return { ms, size: bytes };
}
/** History from elsewhere, in one transaction. */
async function createAllIt(count) {
  const { store } = globalThis;
  const { id } = await store.sessions.create({});
  const messages = Array.from({ length: count }, (_, n) => ({
    role: n % 2 ? 'assistant' : 'user', parts: [{ type: 'text', text: `Message ${n}, with some words in it, as people write them.` }],
  }));
  const begun = performance.now();
  await store.messages.createAll(id, messages);
  return performance.now() - begun;
}
/** Messages that name what is kept. */
async function nameIt(id) {
  const { store } = globalThis;
  const [session = await store.sessions.create({})] = await store.sessions.list();
  await store.messages.create(session.id, { role: 'user', parts: [{ type: 'file', mediaType: 'a/b', blob: id }] });
}

async function peakDuring(pid, work) {
  const before = heldBy(pid);
  let most = before;
  const timer = setInterval(() => { most = Math.max(most, heldBy(pid)); }, SAMPLE_MS);
  const result = await work();
  clearInterval(timer);
  return { ...result, grownMB: (Math.max(most, heldBy(pid)) - before) / 1024 };
}

const browser = await launchChromium();
try {
  const { page: tab } = await openPage(browser.context, `${server.url}blobs.html`);
  await tab.evaluate(openIt, 'blobs');
  const opened = [];
  for (let i = 0; i < 5; i++) {
    await tab.reload();
    opened.push(await tab.evaluate(openIt, 'blobs'));
  }
  const worker = workerOf(browser);
  const rows = [];
  const grown = [];
  for (let i = 0; i < KEPT; i++) {
    const path = writeFile(`${i}`);
    await tab.locator('input').setInputFiles(path);
    const before = ranFor(worker);
    const put = await peakDuring(worker.pid, () => tab.evaluate(putIt));
    const ran = ranFor(worker) - before;
    await tab.evaluate(nameIt, put.id);
    const got = await peakDuring(worker.pid, () => tab.evaluate(getIt, put.id));
    if (got.bytes !== put.size) throw new Error('not all of it came back');
    grown.push(put.grownMB);
    const speed = (ms) => `${(put.size / 1000 / ms).toFixed(0)}`;
    rows.push([`${i + 1}`, speed(put.ms), speed(ran * 1000), `+${put.grownMB.toFixed(1)} MB`, speed(got.ms), `${got.got.toFixed(1)} ms`, `+${got.grownMB.toFixed(1)} MB`]);
    rmSync(path);
  }
  const exported = await peakDuring(worker.pid, () => tab.evaluate(exportIt));
  const imported = await peakDuring(worker.pid, () => tab.evaluate(importIt, 'blobs-again'));
  if (imported.size !== KEPT * MEGABYTES * 1_000_000) throw new Error('not all of it was imported');
  const history = await tab.evaluate(createAllIt, HISTORY);
  const full = [];
  for (let i = 0; i < 5; i++) {
    await tab.reload();
    full.push(await tab.evaluate(openIt, 'blobs'));
  }
  const middle = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
  console.log(`\n### Files of ${MEGABYTES} MB in Chromium, on OPFS\n`);
  console.log(table(['file', 'put, MB/s', 'MB per second of the Worker\'s thread', 'memory at its peak', 'get and read, MB/s', 'get alone', 'memory at its peak'], rows));
  console.log(`\nOpening and the list of sessions: ${middle(opened).toFixed(0)} ms with nothing, ${middle(full).toFixed(0)} ms with ${KEPT * MEGABYTES} MB of blobs.\n`);
  const passed = ({ ms, size, grownMB }) => `${(size / 1000 / ms).toFixed(0)} MB/s, memory +${grownMB.toFixed(1)} MB at its peak`;
  console.log(`All of it exported: ${passed(exported)}. Imported: ${passed(imported)}.\n`);
  console.log(`A history of ${HISTORY} messages by createAll: ${history.toFixed(0)} ms.\n`);
  // The first one also brings the code to life.
  report([[middle(grown.slice(1)) <= MOST_MB, `putting ${MEGABYTES} MB takes ${MOST_MB} MB of memory at most`],
    [middle(full) <= middle(opened) * 1.25, 'opening and lists take as long as without blobs'],
    [history <= 1000, `a history of ${HISTORY} messages is there within a second`]]);
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
