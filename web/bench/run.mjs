// The browser benchmarks: Chromium on OPFS, in a fresh profile on disk. Prints Markdown tables; ends with an error when a
// target of the design is missed.
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from '../test/support/chromium.mjs';
import { serve } from '../test/support/server.mjs';
import { table } from './table.mjs';
import { report } from './targets.mjs';

const PER_SECOND = 1000;
const SECONDS = 10;
const MEGABYTE = 1024 * 1024;
/** Of a window, beyond twice the payload; the budget. */
const BYTES_PER_WINDOW = 4.3 * 1024;

const count = (number) => Math.round(number).toLocaleString('en-US');
const times = (number) => `${number.toFixed(1)}×`;

async function steadyTable(run) {
  const options = { perSecond: PER_SECOND, seconds: SECONDS };
  const single = await run('steady', { ...options, name: 'bench-single', windowMs: 0 });
  const coalesced = await run('steady', { ...options, name: 'bench-coalesced', windowMs: 33 });
  const deltas = PER_SECOND * SECONDS;
  const row = (label, key) => [label, count(single[key]), count(coalesced[key]), times(single[key] / coalesced[key])];
  const countRow = (label, key) => [...row(label, key), times(deltas / coalesced[key])];
  console.log(`\n### ${PER_SECOND} deltas/s for ${SECONDS} s, Chromium on OPFS\n`);
  console.log(table(['', 'one by one (window 0)', 'coalesced (33 ms)', 'one by one : coalesced', 'deltas : coalesced'], [
    countRow('saves', 'saves'),
    // With window 0 a listener hears of each update as far as it keeps up, so of several in one call.
    countRow('notifications', 'notifications'),
    [...row('bytes written', 'bytesWritten'), ''],
    ['most notifications in any second', count(single.mostNotificationsInASecond), count(coalesced.mostNotificationsInASecond), '', ''],
    ['text read back after reopening', ...[single, coalesced].map(({ exact }) => (exact ? 'exact' : 'DIFFERENT')), '', ''],
  ]));
  return [
    [single.exact && coalesced.exact, 'the text read back is the text that was streamed'],
    [deltas / coalesced.saves >= 30 && deltas / coalesced.notifications >= 30, 'at least 30 times fewer saves and notifications than deltas'],
    // One more of each: the finish.
    [coalesced.saves <= 31 * SECONDS + 1, 'at most 31 saves a second'],
    [coalesced.mostNotificationsInASecond <= 32, 'at most 31 notifications in any second, plus the finish'],
  ];
}

/** A flush is strict on IndexedDB, some 10 ms: no megabyte there. */
const REPLIES = [
  { storage: 'opfs', label: '16 KB', bytes: 16 * 1024 }, { storage: 'opfs', label: '1 MB', bytes: MEGABYTE },
  { storage: 'indexeddb', label: '16 KB', bytes: 16 * 1024 }, { storage: 'indexeddb', label: '256 KB', bytes: 256 * 1024 },
];

async function replyTable(run) {
  const replies = [];
  for (const reply of REPLIES) {
    const { storage, bytes } = reply;
    const figures = await run('wholeReply', { name: `bench-reply-${storage}-${bytes}`, storage, bytes, deltasPerWindow: 13 });
    replies.push({ ...reply, ...figures, beyond: (figures.bytesWritten - 2 * figures.payload) / figures.windows });
  }
  console.log('\n### Whole replies, 13 deltas of 4 bytes to a window (each ended by a flush), from the creation to the closed file, Chromium\n');
  console.log(table(['', 'windows', 'bytes written', 'of payload', 'beyond 2 × payload, a window', 'time'], replies.map((reply) => [
    `${reply.label}, ${reply.storage}`, count(reply.windows), count(reply.bytesWritten), times(reply.bytesWritten / reply.payload),
    `${count(reply.beyond)} B`, `${(reply.tookMs / 1000).toFixed(1)} s`,
  ])));
  const longest = replies.find(({ storage, bytes }) => storage === 'opfs' && bytes === MEGABYTE);
  return [
    [replies.every(({ exact }) => exact), 'each reply read back is the one that was streamed'],
    [longest.beyond <= BYTES_PER_WINDOW, 'a reply of 1 MB on OPFS writes at most 4.3 KiB a window and twice its payload'],
    ...['opfs', 'indexeddb'].map((storage) => {
      const [short, long] = replies.filter((reply) => reply.storage === storage);
      return [long.beyond <= FLAT * short.beyond, `a long reply writes as much for a window as a short one, in ${storage}`];
    }),
  ];
}

/** A window of a long message or reply may write so much more than one of a short one. */
const FLAT = 1.1;
const SIZES = { '16 KB': 16 * 1024, '256 KB': 256 * 1024, '1 MB': MEGABYTE, '10 MB': 10 * MEGABYTE };

async function windowBytesTable(run) {
  const rows = [];
  for (const storage of ['opfs', 'indexeddb']) {
    const row = [];
    for (const bytes of Object.values(SIZES)) {
      row.push(await run('windowBytes', { name: `bench-bytes-${storage}-${bytes}`, storage, bytes, windows: 150, deltasPerWindow: 13 }));
    }
    rows.push([storage, row]);
  }
  console.log('\n### Bytes written per window of 13 deltas of 4 bytes (each ended by a flush), in a message of so much text\n');
  console.log(table(['', ...Object.keys(SIZES)], rows.map(([storage, row]) => [storage, ...row.map(({ perWindow }) => count(perWindow))])));
  return rows.flatMap(([storage, row]) => [
    [row.every(({ exact }) => exact), `every text in ${storage} is the one that was written`],
    [row.at(-1).perWindow <= FLAT * row[0].perWindow, `a window writes as much at 10 MB as at 16 KB, in ${storage}`],
  ]);
}

async function scaleTable(run) {
  const options = { messages: 100_000, sessions: 1000 };
  const { figures, complete } = await run('scale', { name: 'bench-scale', storage: 'opfs', ...options });
  console.log(`\n### ${count(options.messages)} messages in ${count(options.sessions)} sessions, Chromium on OPFS\n`);
  console.log(table(['', 'time'], Object.entries(figures).map(([what, ms]) => [what, `${ms.toFixed(1)} ms`])));
  return [[complete, 'all of the messages are there and found']];
}

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const server = await serve({ dist: here('../dist'), bench: here('.') });
const browser = await launchChromium();
try {
  const { page } = await openPage(browser.context, server.url);
  const run = (scenario, options) => page.evaluate(
    async ([name, given]) => (await import('/bench/scenarios.js'))[name](given), [scenario, options]);
  const targets = [...await steadyTable(run), ...await replyTable(run), ...await windowBytesTable(run), ...await scaleTable(run)];
  report(targets);
} finally {
  await browser.close();
  await server.close();
}
