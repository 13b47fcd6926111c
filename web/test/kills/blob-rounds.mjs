// @ts-check
/**
 * Rounds of: a page puts blobs, names, unnames and collects them, it is killed at a random moment, another page reads what is
 * left, lets hours pass and reads again. A kill is no loss of power: what was written without being synced stays. That, and a cut at
 * every single step, is in test/unit/blobs.test.mjs.
 */
import { randomFrom } from '../support/page/random.js';
import { within } from '../support/within.mjs';
import { verifyBlobs, verifyLeft } from './blob-ledger.mjs';
import { checkCalls, KINDS, openStore } from './rounds.mjs';

/** @import { TestPage } from '../support/stage.mjs' */
/** @import { BlobLedger } from './blob-ledger.mjs' */
/** @import { Found, Left } from './blob-reader.js' */
/** @import { End, Mortal } from './rounds.mjs' */

/** The longest that a page writes. */
const MOMENTS_MS = 500;
const ROUND_MS = 60_000;
/** So much later each life begins: more than passes in one. */
const HOURS_OF_A_LIFE = 1000;

/**
 * What came of it. `blobs`: that were there after the kills. `collected`: of those, gone after the hours.
 * @typedef {{ rounds: number; acknowledged: number; blobs: number; collected: number; problems: string[] }} BlobOutcome
 */

/**
 * What the rounds of one kind have in common. `lives`: Workers so far.
 * @typedef {{
 *   browser: Mortal; url: string; ledger: BlobLedger; kill: (browser: Mortal, page: TestPage) => Promise<End>; name: string; storage: string;
 *   below: (limit: number) => number; lives: number; outcome: BlobOutcome;
 * }} Series
 */

/**
 * All rounds play on one store, which nobody ever closes.
 * @param {{ browser: Mortal; url: string; ledger: BlobLedger; kind: string; storage: 'opfs' | 'indexeddb'; rounds: number; seed: number }} play
 * @returns {Promise<BlobOutcome>}
 */
export async function playBlobRounds({ browser, url, ledger, kind, storage, rounds, seed }) {
  const kill = KINDS[kind];
  if (!kill) throw new Error(`no such kind: ${kind}`);
  const name = `blobs-${kind}-${storage}`.replaceAll(' ', '-');
  /** @type {BlobOutcome} */
  const outcome = { rounds: 0, acknowledged: 0, blobs: 0, collected: 0, problems: [] };
  /** @type {Series} */
  const series = { browser, url, ledger, kill, name, storage, below: randomFrom(seed), lives: 0, outcome };
  ledger.clear();
  let { page } = await browser.open(url);
  try {
    await openAged(series, page);
    for (; outcome.rounds < rounds; outcome.rounds++) {
      const before = ledger.acknowledged;
      const played = await within(ROUND_MS, () => playRound(series, page));
      page = played.page;
      outcome.problems.push(...played.problems.map((problem) => `${name}-${outcome.rounds}, seed ${seed}: ${problem}`));
      outcome.acknowledged += ledger.acknowledged - before;
    }
  } catch (error) {
    // Nothing can be said of this store any more.
    outcome.problems.push(`${name}-${outcome.rounds}, seed ${seed}: ${error}`);
  }
  await page.close().catch(() => undefined);
  return outcome;
}

/** Gives the page that came after, and what it found wrong. @param {Series} series @param {TestPage} page */
async function playRound(series, page) {
  const { browser, ledger, name, outcome, below } = series;
  const sessionOf = (/** @type {number} */ round) => `${name}-${round}`;
  const old = outcome.rounds > 1 ? sessionOf(outcome.rounds - 2) : undefined;
  if (old !== undefined) ledger.forget(old);
  await startWriting(page, { session: sessionOf(outcome.rounds), old, seed: below(1_000_000) });
  await new Promise((resolve) => setTimeout(resolve, below(MOMENTS_MS)));
  const { at: killedAt, pageLives } = await series.kill(browser, page);
  const problems = pageLives ? await checkCalls(page) : [];
  const next = pageLives ? page : (await browser.open(series.url)).page;
  if (!await openAged(series, next)) {
    ledger.clear();
    await openAged(series, next);
    return { page: next, problems };
  }
  const found = await read(next);
  problems.push(...await verifyBlobs(ledger, found));
  if (ledger.failed && ledger.failed.at < killedAt) problems.push(`the writing failed: ${ledger.failed.why}`);
  const left = await collect(next, series);
  problems.push(...verifyLeft(left));
  ledger.fresh.clear();
  ledger.failed = undefined;
  outcome.blobs += found.known.length;
  outcome.collected += found.known.length - left.known.length;
  return { page: next, problems };
}

/** In a Worker of its own time: see `openStore`. @param {Series} series @param {TestPage} page */
function openAged(series, page) {
  return openStore(page, series, `/support/workers/aging.js?hours=${series.lives++ * HOURS_OF_A_LIFE}`);
}

/** @param {TestPage} page @param {{ session: string; old: string | undefined; seed: number }} round */
function startWriting(page, round) {
  return page.evaluate(async (what) => {
    const writer = await import(/** @type {string} */ ('/kills/blob-writer.js'));
    await writer.startWriting(/** @type {any} */ (globalThis).store, what);
  }, round);
}

/** @param {TestPage} page @returns {Promise<Found>} */
function read(page) {
  return page.evaluate(async () => {
    const reader = await import(/** @type {string} */ ('/kills/blob-reader.js'));
    return reader.readBack(/** @type {any} */ (globalThis).store);
  }, undefined);
}

/** @param {TestPage} page @param {{ name: string; storage: string }} place @returns {Promise<Left>} */
function collect(page, { name, storage }) {
  return page.evaluate(async (place) => {
    const reader = await import(/** @type {string} */ ('/kills/blob-reader.js'));
    return reader.collect(/** @type {any} */ (globalThis).store, place);
  }, { name, storage });
}
