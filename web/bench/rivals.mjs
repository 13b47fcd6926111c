// The comparisons of the README, side by side in one run: Chromium on OPFS, a fresh profile on disk.
// Ends with an error when a target of the design is missed, or when anyone's text is not what was saved.
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from '../test/support/chromium.mjs';
import { serve } from '../test/support/server.mjs';
import { table } from './table.mjs';
import { report } from './targets.mjs';

const KILOBYTE = 1024;
const REPLY = 256 * KILOBYTE;
const DELTAS = Array.from({ length: 13 }, () => 'word');
const SAVES = Math.floor(REPLY / DELTAS.join('').length);
const TURNS = 3;
const SQLITES = ['sqlite-wasm', 'wa-sqlite'];

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** Each three times in turns, the median of those; what takes ten times as long, once. All have run before, for a moment. */
async function replies(call) {
  const options = { saves: SAVES, deltas: DELTAS };
  const rival = (name, scenario) => (given) => call('rival', { rival: name, scenario, options: given });
  const quick = [['Millrace', (given) => call('reply', given)],
    ...SQLITES.map((name) => [`${name}, a row for each delta, folded at the end`, rival(name, 'deltaRows')])];
  const slow = [...SQLITES.map((name) => [`${name}, the row rewritten`, rival(name, 'rewrite')]),
    ['Dexie, the message put whole', rival('dexie', 'rewrite')]];
  for (const [index, [, run]] of [...quick, ...slow].entries()) await run({ ...options, saves: 200, name: `warm-${index}` });
  const runs = Object.fromEntries(quick.map(([who]) => [who, []]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [index, [who, run]] of quick.entries()) runs[who].push(await run({ ...options, name: `turn-${turn}-${index}` }));
  }
  const rows = quick.map(([who]) => [who, {
    ...runs[who][0], exact: runs[who].every(({ exact }) => exact), tookMs: median(runs[who].map(({ tookMs }) => tookMs)),
  }]);
  for (const [index, [who, run]] of slow.entries()) rows.push([who, await run({ ...options, name: `slow-${index}` })]);
  const ours = rows[0][1];
  console.log(`\n### A reply of 256 KB, saved every ${DELTAS.length} deltas (${SAVES} saves), as fast as it goes\n`);
  console.log(table(['', 'time', 'of Millrace', 'bytes written, of the reply', 'text'], rows.map(([who, figures]) => [
    who, seconds(figures.tookMs), `${(figures.tookMs / ours.tookMs).toFixed(1)}×`,
    figures.bytesWritten === undefined ? '' : `${Math.round(figures.bytesWritten / REPLY)}×`, figures.exact ? 'exact' : 'DIFFERENT',
  ])));
  const fastest = (kind, key) => Math.min(...rows.slice(1).filter(([who]) => who.includes(kind)).map(([, figures]) => figures[key]));
  const rewriting = Math.min(fastest('rewritten', 'tookMs'), fastest('whole', 'tookMs'));
  return [
    [rows.every(([, { exact }]) => exact), 'every text is the one that was saved'],
    [ours.saves >= SAVES, 'each of our saves was one'],
    [rewriting >= 18 * ours.tookMs, 'at least 18 times faster than the best that rewrites'],
    [fastest('each delta', 'tookMs') >= 3 * ours.tookMs, 'at least 3 times faster than a row for each delta, by hand'],
    [ours.bytesWritten < fastest('each delta', 'bytesWritten'), 'with fewer bytes written than that'],
  ];
}

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const server = await serve({ dist: here('../dist'), bench: here('.'), npm: here('../node_modules') });
const browser = await launchChromium();
try {
  // A page of its own for each call: nobody finds a warm module.
  const fresh = async (use) => {
    const { page } = await openPage(browser.context, server.url);
    try {
      return await use((name, options) => page.evaluate(
        async ([called, given]) => (await import('/bench/rivals/page.js'))[called](given), [name, options]));
    } finally {
      await page.close();
    }
  };
  const targets = [
    ...await replies((name, options) => fresh((call) => call(name, options))),
  ];
  report(targets);
} finally {
  await browser.close();
  await server.close();
}
