// What a reader of a long history waits for: a new page opens the store, lists the newest of a session, and then a long
// session whole. Millrace beside Dexie and two builds of SQLite, in turns, in one run. Ends with an error when a target is missed.
// node web/bench/openings.mjs
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from '../test/support/chromium.mjs';
import { serve } from '../test/support/server.mjs';
import { table } from './table.mjs';
import { report } from './targets.mjs';

const LONG = 1000;
const SHORT = 100;
const SESSIONS = 100;
const NEWEST = 50;
const ROUNDS = 9;
/** Creates in one turn of the page. */
const TOGETHER = 500;
const MOST_MS = { newest: 45, whole: 25 };

const CONTENT = {
  name: 'openings',
  text: 'words of a message, '.repeat(50),
  together: TOGETHER,
  messages: [
    ...Array.from({ length: LONG }, (_, index) => [`long-${index}`, 'long']),
    ...Array.from({ length: SHORT * SESSIONS }, (_, index) => [`m${index}`, `s${index % SESSIONS}`]),
  ],
};
const WHO = {
  Millrace: (call, scenario, options) => call(scenario, options),
  Dexie: (call, scenario, options) => call('dexie', { scenario, options }),
  'wa-sqlite': (call, scenario, options) => call('rival', { rival: 'wa-sqlite', scenario, options }),
  'sqlite-wasm': (call, scenario, options) => call('rival', { rival: 'sqlite-wasm', scenario, options }),
};

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const spread = (numbers) => `${median(numbers).toFixed(0)} ms (${Math.min(...numbers).toFixed(0)} to ${Math.max(...numbers).toFixed(0)})`;

/** In a new page, so that nobody finds a warm module. */
async function inNewPage(browser, url, who, scenario, options) {
  const { page } = await openPage(browser.context, url);
  try {
    const call = (name, given) => page.evaluate(
      async ([called, args]) => (await import('/bench/rivals/page.js'))[called](args), [name, given]);
    return await WHO[who](call, scenario, options);
  } finally {
    await page.close();
  }
}

async function measure(browser, url) {
  const names = Object.keys(WHO);
  const figures = Object.fromEntries(names.map((who) => [who, { fill: 0, newest: [], whole: [], complete: true }]));
  for (const who of names) figures[who].fill = (await inNewPage(browser, url, who, 'fill', CONTENT)).sinceStartMs;
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const who of names) {
      const asked = { name: CONTENT.name, newest: `s${round}`, limit: NEWEST, whole: 'long' };
      const { newest, whole } = (await inNewPage(browser, url, who, 'list', asked)).steps;
      figures[who].newest.push(newest.sinceStartMs);
      figures[who].whole.push(whole.sinceStartMs - newest.sinceStartMs);
      figures[who].complete &&= newest.messages === NEWEST && whole.messages === LONG;
    }
  }
  return figures;
}

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const server = await serve({ dist: here('../dist'), bench: here('.'), npm: here('../node_modules') });
const browser = await launchChromium();
try {
  const figures = await measure(browser, server.url);
  console.log(`\n### ${CONTENT.messages.length.toLocaleString('en-US')} messages of ${CONTENT.text.length} bytes, Chromium; ${ROUNDS} new pages each, in turns: median (least to most)\n`);
  console.log(table(['', 'opened, and the newest 50 listed', `then ${LONG.toLocaleString('en-US')} listed`, 'all written'],
    Object.entries(figures).map(([who, { newest, whole, fill }]) => [who, spread(newest), spread(whole), `${(fill / 1000).toFixed(1)} s`])));
  const [ours, ...others] = Object.values(figures);
  const targets = [
    [Object.values(figures).every(({ complete }) => complete), 'every list has all of its messages'],
    [median(ours.newest) <= MOST_MS.newest, `opened and listed in ${MOST_MS.newest} ms`],
    [median(ours.whole) <= MOST_MS.whole, `the long session in ${MOST_MS.whole} ms`],
    [others.slice(1).every(({ newest }) => median(ours.newest) < median(newest)), 'opened faster than both builds of SQLite'],
  ];
  report(targets);
} finally {
  await browser.close();
  await server.close();
}
