// @ts-check
/** Rounds of: a page streams and writes, it is killed at a random moment, another page reads what is left and goes on. */
import { randomFrom } from '../support/page/random.js';
import { queryFiles } from '../support/sqlite3.mjs';
import { within } from '../support/within.mjs';
import { lossOf, verify } from './verify.mjs';

/** @import { TestPage } from '../support/stage.mjs' */
/** @import { Ledger, Round } from './ledger.mjs' */
/** @import { Found } from './reader.js' */
/** @import { Loss } from './verify.mjs' */

/**
 * A browser whose pages and self can be killed. `crash` and `kill` give the time at which they began.
 * @typedef {object} Mortal
 * @property {(url: string) => Promise<{ page: TestPage }>} open
 * @property {(page: TestPage) => Promise<number>} crash
 * @property {() => Promise<number>} kill
 * @property {() => Promise<void>} relaunch
 */

/** When the end began, whether nothing could be saved from then on, and whether the page has outlived it. @typedef {{ at: number; atOnce: boolean; pageLives: boolean }} End */

/** How the end comes. @type {Readonly<Record<string, (browser: Mortal, page: TestPage) => Promise<End>>>} */
export const KINDS = {
  'page crashed': async (browser, page) => ({ at: await browser.crash(page), atOnce: false, pageLives: false }),
  async 'worker terminated'(_browser, page) {
    const at = await page.evaluate(() => {
      /** @type {any} */ (globalThis).worker.terminate();
      return Date.now();
    }, undefined);
    return { at, atOnce: true, pageLives: true };
  },
  'worker trapped': (_browser, page) => endFromWithin(page, 'trap'),
  'worker ended itself': (_browser, page) => endFromWithin(page, 'end'),
  async 'browser killed'(browser) {
    const at = await browser.kill();
    await browser.relaunch();
    return { at, atOnce: false, pageLives: false };
  },
};

/** @param {TestPage} page @param {'trap' | 'end'} fault @returns {Promise<End>} */
async function endFromWithin(page, fault) {
  const at = await page.evaluate(async (what) => {
    const { setFault } = await import(/** @type {string} */ ('/support/page/faults.js'));
    const began = Date.now();
    await setFault(what);
    return began;
  }, fault);
  return { at, atOnce: false, pageLives: true };
}

/** So long a delta may wait in the outbox (web/src/client/drafts/outbox.ts). */
const OUTBOX_MS = 10;
/** The longest that a page streams. */
const MOMENTS_MS = 600;
const ROUND_MS = 60_000;
/** How long a call may take to reject once its Worker is gone. */
const SETTLED_MS = 10_000;
/** In one round out of so many the files are looked at as they lie, before anything opens them. */
const RAW_EVERY = 5;

/**
 * What came of it; of each round the largest losses. `pausesMs`: between two saves of the stream that were heard of. They are
 * what a window came to on this machine. `beyondMs`: by how much the round's largest loss was more than the longest window of
 * that round and the outbox, or 0. `deleted`: rounds after which the browser had deleted the database, and the store said so.
 * @typedef {{
 *   rounds: number; acknowledged: number; raw: number; deleted: number; problems: string[];
 *   streamLosses: Loss[]; draftLosses: Loss[]; pausesMs: number[]; beyondMs: number[];
 * }} Outcome
 */

/**
 * All rounds play on one store, which nobody ever closes.
 * @param {{ browser: Mortal; url: string; ledger: Ledger; kind: string; storage: 'opfs' | 'indexeddb'; rounds: number; seed: number }} play
 * @returns {Promise<Outcome>}
 */
export async function playRounds({ browser, url, ledger, kind, storage, rounds, seed }) {
  const kill = KINDS[kind];
  if (!kill) throw new Error(`no such kind: ${kind}`);
  /** @type {Outcome} */
  const outcome = { rounds: 0, acknowledged: 0, raw: 0, deleted: 0, problems: [], streamLosses: [], draftLosses: [], pausesMs: [], beyondMs: [] };
  /** @type {Series} */
  const series = {
    browser, ledger, kill, storage, outcome, name: `${kind}-${storage}`.replaceAll(' ', '-'), below: randomFrom(seed), digests: {},
    open: async () => (await browser.open(url)).page,
  };
  let page = await series.open();
  await openStore(page, series);
  try {
    for (let n = 0; n < rounds; n++) {
      const session = `${series.name}-${n}`;
      const played = await within(ROUND_MS, () => playRound(series, page, session, n % RAW_EVERY === 0));
      page = played.page;
      outcome.problems.push(...played.problems.map((problem) => `${session}, seed ${seed}: ${problem}`));
      outcome.rounds++;
    }
    await page.close();
  } catch (error) {
    // Nothing can be said of this store any more.
    outcome.problems.push(`${series.name}-${outcome.rounds}, seed ${seed}: ${error}`);
    await page.close().catch(() => undefined);
  }
  return outcome;
}

/**
 * What the rounds of one kind have in common. `digests`: of the sessions, as the last round found them.
 * @typedef {{
 *   browser: Mortal; ledger: Ledger; kill: (browser: Mortal, page: TestPage) => Promise<End>; storage: string; name: string;
 *   open: () => Promise<TestPage>; below: (limit: number) => number; digests: Found['digests']; outcome: Outcome;
 * }} Series
 */

/** Gives the page that came after, and what it found wrong. @param {Series} series @param {TestPage} page @param {string} session @param {boolean} raw */
async function playRound(series, page, session, raw) {
  const { browser, ledger, outcome, below } = series;
  /** @type {string[]} */
  const problems = [];
  await startWriting(page, session, below(1_000_000));
  await new Promise((resolve) => setTimeout(resolve, below(MOMENTS_MS)));
  const { at: killedAt, atOnce, pageLives } = await series.kill(browser, page);
  if (pageLives) problems.push(...await checkCalls(page));
  const next = pageLives ? page : await series.open();
  if (raw && series.storage === 'opfs') {
    outcome.raw++;
    const said = await checkRawFiles(next, series.name);
    if (said !== 'ok') problems.push(`integrity_check of the files as they lay: ${said}`);
  }
  if (!await openStore(next, series)) {
    outcome.deleted++;
    series.digests = {};
    await openStore(next, series);
    return { page: next, problems };
  }
  const found = await readBack(next, session);
  const round = ledger.round(session);
  problems.push(...verify(round, found));
  if (round.failed && round.failed.at < killedAt) problems.push(`the writing failed: ${round.failed.why}`);
  for (const [id, digest] of Object.entries(series.digests)) {
    if (found.digests[id] !== digest) problems.push(`the session ${id} of an earlier round has changed`);
  }
  series.digests = found.digests;
  outcome.acknowledged += round.acknowledged;
  // A crash takes its time: the page may have gone on after it was told to. Without its Worker it goes on for nothing.
  measure(outcome, round, found, atOnce ? killedAt : Math.max(killedAt, round.aliveAt));
  return { page: next, problems };
}

/** @param {Outcome} outcome @param {Round} round @param {Found} found @param {number} killedAt */
function measure(outcome, round, found, killedAt) {
  const stream = { deltas: 0, ms: 0 };
  const draft = { deltas: 0, ms: 0 };
  for (const [id, record] of round.messages) {
    const loss = lossOf(record, found.messages.find((message) => message.id === id), killedAt);
    const largest = id.endsWith('-stream') ? stream : draft;
    largest.deltas = Math.max(largest.deltas, loss.deltas);
    largest.ms = Math.max(largest.ms, loss.ms);
  }
  outcome.streamLosses.push(stream);
  outcome.draftLosses.push(draft);
  const [id, saved] = [...round.savedAt].find(([each]) => each.endsWith('-stream')) ?? ['', []];
  outcome.pausesMs.push(...differences(saved));
  // The first window began with the stream; the kill cut off the last one.
  const begin = round.messages.get(id)?.given[0]?.[1] ?? killedAt;
  const longest = Math.max(...differences([begin, ...saved, killedAt]));
  outcome.beyondMs.push(Math.max(0, Math.max(stream.ms, draft.ms) - longest - OUTBOX_MS));
}

/** @param {number[]} times */
function differences(times) {
  return times.slice(1).map((at, n) => at - (times[n] ?? at));
}

/**
 * Leaves the store and its worker in the page. False: the store says that the browser has deleted what it held. `script`: of the Worker.
 * @param {TestPage} page @param {{ name: string; storage: string }} series @param {string} [script]
 */
export function openStore(page, { name, storage }, script = '/support/workers/trapping.js') {
  return page.evaluate(async ([options, workerScript]) => {
    const millrace = await import(/** @type {string} */ ('/dist/index.js'));
    const { watchedStore } = await import(/** @type {string} */ ('/kills/pending.js'));
    const worker = () => Object.assign(globalThis, { worker: new Worker(workerScript, { type: 'module' }) }).worker;
    try {
      Object.assign(globalThis, { store: watchedStore(await millrace.openStore({ ...options, worker })) });
      return true;
    } catch (error) {
      if (!/^The browser found its database damaged/.test(/** @type {Error} */ (error).message)) throw error;
      return false;
    }
  }, /** @type {const} */ ([{ name, storage }, script]));
}

/** What is wrong in a page whose Worker is gone: its calls reject, and none is pending. @param {TestPage} page @returns {Promise<string[]>} */
export function checkCalls(page) {
  return page.evaluate(async (ms) => {
    const { settled } = await import(/** @type {string} */ ('/kills/pending.js'));
    const end = performance.now() + ms;
    const { sessions } = /** @type {any} */ (globalThis).store;
    let dead = false;
    // A Worker that is to trap, or to end itself, does so with the next thing that it does.
    const asking = (async () => { while (!dead && performance.now() < end) await sessions.list().catch(() => { dead = true; }); })();
    await Promise.race([asking, new Promise((resolve) => setTimeout(resolve, ms))]);
    const pending = (await settled(Math.max(0, end - performance.now()))).map((/** @type {string} */ call) => `${call} is pending after ${ms} ms`);
    return dead ? pending : ['the Worker lives on', ...pending];
  }, SETTLED_MS);
}

/** @param {TestPage} page @param {string} session @param {number} seed */
function startWriting(page, session, seed) {
  return page.evaluate(async (round) => {
    const writer = await import(/** @type {string} */ ('/kills/writer.js'));
    await writer.startWriting(/** @type {any} */ (globalThis).store, round);
  }, { session, seed });
}

/** @param {TestPage} page @param {string} session @returns {Promise<Found>} */
function readBack(page, session) {
  return page.evaluate(async (asked) => {
    const reader = await import(/** @type {string} */ ('/kills/reader.js'));
    return reader.readBack(/** @type {any} */ (globalThis).store, asked);
  }, session);
}

/** @param {TestPage} page @param {string} name */
async function checkRawFiles(page, name) {
  const files = await page.evaluate(async (store) => {
    const { readStoreFiles } = await import(/** @type {string} */ ('/support/page/opfs.js'));
    return /** @type {Promise<Record<string, string>>} */ (readStoreFiles(store));
  }, name);
  return queryFiles(files, 'PRAGMA integrity_check');
}
