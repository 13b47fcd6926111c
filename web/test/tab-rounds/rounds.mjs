// @ts-check
/** Rounds of: three tabs write and stream into one store, the one that leads goes away at a random moment, the others go on. */
import { setTimeout as pause } from 'node:timers/promises';
import { deltaOf, isWhole } from '../kills/sequence.js';
import { chunk } from '../support/provider.mjs';
import { randomFrom } from '../support/page/random.js';
import { within } from '../support/within.mjs';

/** @import { TestPage } from '../support/stage.mjs' */
/** @import { Endpoint } from '../support/provider.mjs' */

/** @typedef {typeof import('./page.js')} Script */
/** @typedef {Awaited<ReturnType<Script['readRound']>>} Found */

/** A browser whose pages can be killed. @typedef {{ open: (url: string) => Promise<{ page: TestPage }>; crash: (page: TestPage) => Promise<number> }} Browser */

/** @typedef {{ name: string; page: TestPage }} Tab */

/** When the end began, and whether the page has outlived it: without its Worker, or to be opened anew. @typedef {{ at: number; page: 'gone' | 'new' | 'without Worker' }} End */

/** How the leader goes. @type {Readonly<Record<string, (tab: Tab, browser: Browser) => Promise<End>>>} */
export const ENDS = {
  async closed({ page }) {
    const at = Date.now();
    await page.close();
    return { at, page: 'gone' };
  },
  async reloaded({ page }) {
    const at = Date.now();
    await page.reload();
    return { at, page: 'new' };
  },
  crashed: async ({ page }, browser) => ({ at: await browser.crash(page), page: 'gone' }),
  killed: async (tab) => ({ at: await inTab(tab, 'terminate'), page: 'without Worker' }),
  trapped: async (tab) => ({ at: await inTab(tab, 'trap'), page: 'without Worker' }),
};

const TABS = 3;
/** The longest that all three write before the leader goes. */
const MOMENTS_MS = 400;
const ROUND_MS = 60_000;
/** How long a call may take. */
const SETTLED_MS = 10_000;
/** Of a stream of each tab. It is longer than a round lasts before the leader goes, and ends soon after. */
const STREAMED = 400;
const STREAM_RATE = 400;

/** Endpoints of the server. @type {Readonly<Record<string, Endpoint>>} */
export const endpoints = {
  /** A reply of `to` numbered deltas. */
  counted(response, url) {
    const to = Number(url.searchParams.get('to'));
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const start = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      while (sent < to && sent < (performance.now() - start) * STREAM_RATE / 1000) response.write(chunk({ content: deltaOf(sent++) }));
      if (sent < to) return;
      clearInterval(timer);
      response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
    }, 5);
    response.on('close', () => clearInterval(timer));
  },
};

/** Calls what page.js exports, in the tab. @template {keyof Script} Name @param {Tab} tab @param {Name} name @param {Parameters<Script[Name]>[0]} [argument] @returns {Promise<Awaited<ReturnType<Script[Name]>>>} */
function inTab({ page }, name, argument) {
  return page.evaluate(async ([what, given]) => {
    const script = await import(/** @type {string} */ ('/tab-rounds/page.js'));
    return script[/** @type {string} */ (what)](given);
  }, /** @type {const} */ ([name, argument]));
}

/**
 * What came of it. `orderedMs`: from the order to end the leader to the next commit of the new one, of each round; `deathMs`:
 * from when the end of the old Worker was seen.
 * @typedef {{ rounds: number; problems: string[]; orderedMs: number[]; deathMs: number[] }} Outcome
 */

/**
 * All rounds play on one store, which some tab always has open.
 * @param {{ browser: Browser; url: string; storage: 'opfs' | 'indexeddb'; rounds: number; seed: number }} play
 * @returns {Promise<Outcome>}
 */
export async function playRounds({ browser, url, storage, rounds, seed }) {
  /** @type {Outcome} */
  const outcome = { rounds: 0, problems: [], orderedMs: [], deathMs: [] };
  const below = randomFrom(seed);
  const kinds = Object.entries(ENDS);
  const store = { name: `tabs-${storage}-${seed}`, storage };
  let opened = 0;
  /** @param {TestPage} [page] @returns {Promise<Tab>} */
  const open = async (page) => {
    const tab = { name: `tab-${opened++}`, page: page ?? (await browser.open(url)).page };
    await inTab(tab, 'openTab', { store, tab: tab.name });
    return tab;
  };
  /** @type {Tab[]} */
  let tabs = [];
  try {
    while (tabs.length < TABS) tabs.push(await open());
    for (let n = 0; n < rounds; n++) {
      const [kind, end] = /** @type {(typeof kinds)[number]} */ (kinds[n % kinds.length]);
      const round = { session: `round-${n}`, tabs, end: (/** @type {Tab} */ tab) => end(tab, browser), open, momentMs: below(MOMENTS_MS), outcome };
      const played = await within(ROUND_MS, () => playRound(round));
      tabs = played.tabs;
      outcome.problems.push(...played.problems.map((problem) => `${kind}, round ${n}, seed ${seed}: ${problem}`));
      outcome.rounds++;
    }
  } catch (error) {
    outcome.problems.push(`round ${outcome.rounds} (${kinds[outcome.rounds % kinds.length]?.[0]}), seed ${seed}: ${error}`);
  }
  for (const { page } of tabs) await page.close().catch(() => undefined);
  return outcome;
}

/** @typedef {{ session: string; tabs: Tab[]; end: (tab: Tab) => Promise<End>; open: (page?: TestPage) => Promise<Tab>; momentMs: number; outcome: Outcome }} Round */

/** Gives the tabs that there are then, and what is wrong. @param {Round} round */
async function playRound({ session, tabs, end, open, momentMs, outcome }) {
  /** @type {string[]} */
  const problems = [];
  const roles = await Promise.all(tabs.map((tab) => inTab(tab, 'roleOf')));
  if (roles.filter((role) => role === 'leader').length !== 1) problems.push(`the roles are ${roles}`);
  const leader = /** @type {Tab} */ (tabs[roles.indexOf('leader')]);
  const others = tabs.filter((tab) => tab !== leader);
  await inTab(/** @type {Tab} */ (tabs[0]), 'createSession', session);
  await Promise.all(tabs.map((tab) => inTab(tab, 'startRound', { session, streamed: STREAMED })));
  await pause(momentMs);
  const deaths = others.map((tab) => inTab(tab, 'deathOf', leader.name));
  const ended = await end(leader);
  const diedAt = Math.min(...await Promise.all(deaths));
  await Promise.all(others.map((tab) => inTab(tab, 'survive', leader.name)));
  if (ended.page === 'without Worker') {
    problems.push(...(await inTab(leader, 'callsLeft', SETTLED_MS)).map((call) => `${call} is pending after ${SETTLED_MS} ms`));
    await leader.page.reload();
  }
  const told = await Promise.all(others.map(async (tab) => ({ tab, ...await within(SETTLED_MS, () => inTab(tab, 'endRound')) })));
  const led = told.flatMap(({ takeOver }) => (takeOver.savedAt === undefined ? [] : [takeOver.savedAt]));
  if (led.length !== 1) problems.push(`${led.length} of the others lead and have saved`);
  outcome.orderedMs.push(...led.map((at) => at - ended.at));
  outcome.deathMs.push(...led.map((at) => Math.max(0, at - diedAt)));
  const third = await open(ended.page === 'gone' ? undefined : leader.page);
  const now = [...others, third];
  const founds = await Promise.all(now.map((tab) => inTab(tab, 'readRound', session)));
  for (const found of founds.slice(1)) {
    if (JSON.stringify(found) !== JSON.stringify(founds[0])) problems.push('the tabs do not show the same');
  }
  problems.push(...verify(session, leader.name, told, founds[0] ?? []));
  return { tabs: now, problems };
}

/** @param {string} session @param {string} dead @param {({ tab: Tab } & Awaited<ReturnType<Script['endRound']>>)[]} told @param {Found} found */
function* verify(session, dead, told, found) {
  const texts = new Map(found.map(({ id, text }) => [id, text]));
  const reasons = new Map(found.map(({ id, reason }) => [id, reason]));
  let streamed = '';
  for (let n = 0; n < STREAMED; n++) streamed += deltaOf(n);
  const users = found.filter(({ role }) => role === 'user').map(({ text }) => text);
  if (new Set(users).size !== users.length) yield `a call was done twice: ${users.filter((text, at) => users.indexOf(text) !== at)}`;
  for (const { tab, draft, calls, streamEnd, heard } of told) {
    const own = (/** @type {string} */ what) => `${session}-${tab.name}-${what}`;
    if (texts.get(own('draft')) !== draft) yield `the draft of ${tab.name} is "${texts.get(own('draft'))}", not "${draft}"`;
    if (texts.get(own('stream')) !== streamed) yield `the stream of ${tab.name} is "${texts.get(own('stream'))}" (${reasons.get(own('stream'))})`;
    if (streamEnd !== 'end_turn') yield `the stream of ${tab.name} ended as ${streamEnd}`;
    for (const text of calls) if (!users.includes(text)) yield `${text} was made, and is not there`;
    for (const what of ['draft', 'stream']) {
      const id = `${session}-${dead}-${what}`;
      const text = texts.get(id) ?? '';
      if (!isWhole(text)) yield `something is missing or twice in ${id}: "${text}"`;
      if (text.length < (heard[id] ?? 0)) yield `${heard[id]} characters of ${id} were said to be saved, ${text.length} are there`;
      // A stream that came to its end in time has an end of its own.
      if (reasons.get(id) !== 'interrupted' && !(what === 'stream' && text === streamed)) yield `${id} ended as ${reasons.get(id)}`;
    }
  }
}
