// What several tabs cost: transactions, memory, what crosses between them, opening as a follower, and the leader's Worker beside
// a second tab. Chromium. Ends with an error when a target is missed.
// node web/bench/tabs.mjs
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { launchChromium, openPage } from '../test/support/chromium.mjs';
import { serve } from '../test/support/server.mjs';
import { table } from './table.mjs';
import { report } from './targets.mjs';

const WINDOW_MS = 33;
const RATE = 400;
const STREAM_MS = 4000;
const TABS = 10;
const ROUNDS = 9;
const COST_ROUNDS = 7;
const FILL = { sessions: 20, each: 100, text: 'words of a message, '.repeat(50) };
const MOST = { listedMs: 30, costMs: 0.1 };

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const spread = (numbers, digits = 0) => `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)} to ${Math.max(...numbers).toFixed(digits)})`;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const server = await serve({ dist: here('../dist'), bench: here('.') }, { cacheControl: 'max-age=3600' });
const browser = await launchChromium();

const inPage = (page, name, given) => page.evaluate(async ([called, args]) => (await import('/bench/tabs/page.js'))[called](args), [name, given]);

/** Processes that have a Worker's thread, with that thread. */
function workers() {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).flatMap((pid) => {
    try {
      const thread = readdirSync(`/proc/${pid}/task`).find((id) => readFileSync(`/proc/${pid}/task/${id}/comm`, 'utf8').startsWith('DedicatedWorker'));
      return thread ? [{ pid, thread }] : [];
    } catch {
      return []; // ended meanwhile
    }
  });
}

/** Nanoseconds that a thread has run. */
const ranFor = ({ pid, thread }) => Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
/** Kilobytes that belong to a process alone. */
const memoryOf = ({ pid }) => Number(/Private_Dirty:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))[1]);

/** A page with the store open, and the process of its Worker. */
async function openTab(options) {
  const before = new Set(workers().map(({ pid }) => pid));
  const { page } = await openPage(browser.context, server.url);
  const opened = await inPage(page, 'open', options);
  return { page, opened, worker: workers().find(({ pid }) => !before.has(pid)) };
}

/** Milliseconds of the leader's Worker for each window of a stream of its own, by itself and beside a tab that listens to it. */
async function costOfASecondTab(leader) {
  const costs = { alone: [], beside: [] };
  for (let round = 0; round < COST_ROUNDS; round++) {
    for (const how of Object.keys(costs)) {
      const second = how === 'beside' ? await openTab({ name: 'tabs', list: 's0' }) : undefined;
      const before = ranFor(leader.worker);
      const { commits } = await inPage(leader.page, 'stream', { rate: RATE, ms: STREAM_MS });
      costs[how].push((ranFor(leader.worker) - before) / 1e6 / commits);
      await second?.page.close();
    }
  }
  return costs;
}

try {
  const leader = await openTab({ name: 'tabs' });
  await inPage(leader.page, 'fill', FILL);
  const openings = { leader: [], follower: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const follower = await openTab({ name: 'tabs', list: `s${round}` });
    if (follower.opened.role !== 'follower' || follower.opened.found !== 50) throw new Error(JSON.stringify(follower.opened));
    openings.follower.push(follower.opened);
    await follower.page.close();
  }
  const costs = await costOfASecondTab(leader);
  const tabs = [];
  while (tabs.length < TABS - 1) tabs.push(await openTab({ name: 'tabs', list: 's0', counted: String(tabs.length) }));
  const writer = tabs[0];
  const memory = { leader: memoryOf(leader.worker), followers: tabs.slice(1).map(({ worker }) => memoryOf(worker)) };
  const before = await inPage(writer.page, 'said', '0');
  const streamed = await inPage(writer.page, 'stream', { rate: RATE, ms: STREAM_MS });
  const after = await inPage(writer.page, 'said', '0');
  const up = (after.bytes - before.bytes) / streamed.deltas;
  const windows = streamed.ms / WINDOW_MS;
  for (const { page } of tabs) await page.close();
  await leader.page.close();
  for (let round = 0; round < ROUNDS; round++) {
    const alone = await openTab({ name: 'tabs', list: `s${round}` });
    openings.leader.push(alone.opened);
    await alone.page.close();
  }

  const million = (kilobytes) => (kilobytes / 1024).toFixed(1);
  const column = (what, name) => spread(what.map((opening) => opening[name]));
  console.log('\n### Opening a store of 2,000 messages in a new page, in ms\n');
  console.log(table(['', 'open', 'the newest 50 listed'], Object.entries(openings).map(([who, what]) => [who, column(what, 'openedMs'), column(what, 'listedMs')])));
  console.log(`\n### ${TABS} tabs, one of which streams ${RATE} deltas a second through the leader\n`);
  console.log(table(['', ''], [
    ['transactions for each window of 33 ms', (streamed.commits / windows).toFixed(2)],
    ['bytes that a delta of 6 costs on its way to the leader, as JSON', up.toFixed(0)],
    ['memory of the leader\'s process alone, MB', million(memory.leader)],
    ['memory of a follower\'s, MB', million(median(memory.followers))],
  ]));
  console.log(`\n### The leader's Worker for each window of a stream of its own, ${COST_ROUNDS} times in turns, in ms\n`);
  console.log(table(['', 'ran'], Object.entries(costs).map(([how, what]) => [how, spread(what, 2)])));
  report([
    [streamed.commits <= windows * 1.1, 'ten tabs: one transaction a window'],
    [median(openings.follower.map(({ listedMs }) => listedMs)) <= MOST.listedMs, `a follower lists 50 messages within ${MOST.listedMs} ms`],
    [median(costs.beside) - median(costs.alone) <= MOST.costMs, `a second tab costs the leader ${MOST.costMs} ms a window at most`],
  ]);
} finally {
  await browser.close();
  await server.close();
}
