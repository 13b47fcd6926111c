// @ts-check
/** Plays many rounds and prints a table. Usage: see scripts/soak. */
import { table } from '../../bench/table.mjs';
import { BROWSERS, startKilling } from './browsers.mjs';
import { KINDS } from './rounds.mjs';

/** @import { Outcome } from './rounds.mjs' */

/** Of each kind and storage. In Chromium a thousand and more of those in which the Worker ends. Launching Firefox takes long. */
const ROUNDS = { chromium: 50, firefox: 20 };
const WORKER_ROUNDS = { chromium: 170, firefox: 20 };

/** The middle one and the largest. @template T @param {readonly T[]} values @param {(value: T) => number} size */
function medianAndLargest(values, size) {
  const sorted = values.toSorted((a, b) => size(a) - size(b));
  return [sorted[sorted.length >> 1], sorted.at(-1)];
}

const [only, count, seedGiven] = process.argv.slice(2);
if (only !== undefined && !(only in BROWSERS)) throw new Error(`no such browser: ${only}`);
const seed = Number(seedGiven ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

/** @param {Outcome['streamLosses']} losses */
const lost = (losses) => medianAndLargest(losses, ({ ms }) => ms).map((loss) => `${loss?.ms} ms (${loss?.deltas})`).join(', ');

/** @type {string[][]} */
const rows = [];
let failures = 0;

/** @param {Awaited<ReturnType<typeof startKilling>>} killing @param {string} browser @param {'opfs' | 'indexeddb'} storage @param {string} kind @param {number} rounds */
async function play(killing, browser, storage, kind, rounds) {
  const outcome = await killing.play({ kind, storage, rounds, seed });
  outcome.problems.forEach((problem) => console.error(problem));
  failures += outcome.problems.length;
  const row = [
    kind, browser, storage, `${outcome.rounds} of ${rounds}`, String(outcome.raw), String(outcome.acknowledged),
    String(outcome.problems.length), String(outcome.deleted), lost(outcome.streamLosses), lost(outcome.draftLosses),
    medianAndLargest(outcome.pausesMs, (ms) => ms).map((ms) => `${ms} ms`).join(', '),
    `${Math.max(0, ...outcome.beyondMs)} ms`,
  ];
  rows.push(row);
  console.log(row.join(' | '));
}

for (const name of /** @type {(keyof typeof BROWSERS)[]} */ (Object.keys(BROWSERS))) {
  if (only !== undefined && only !== name) continue;
  const killing = await startKilling(name);
  try {
    for (const storage of BROWSERS[name].storages) {
      for (const kind of Object.keys(KINDS)) await play(killing, name, storage, kind, Number(count ?? (kind.startsWith('worker') ? WORKER_ROUNDS : ROUNDS)[name]));
    }
  } finally {
    await killing.close();
  }
}
console.log(`\n${table(
  ['kind', 'browser', 'storage', 'rounds', 'files checked as they lay', 'acknowledgements checked', 'failures',
    'deleted by the browser', 'lost of a stream', 'lost of a draft', 'between two saves', 'beyond'],
  rows,
)}

Lost: given before the kill, not acknowledged, and not there; in time, and deltas (400 a second). Medians of the rounds, and the largest.
Deleted by the browser: it found its own database damaged, and the store said so at its opening; after a kill of Chromium
on IndexedDB that happens about once in a hundred times, with or without Millrace.
A loss is at most a window, as long as it is on this machine (the time between two saves), and the outbox (10 ms). Beyond: by
how much the largest loss of a round was more than the longest window of that same round and the outbox.`);
if (failures > 0) process.exitCode = 1;
