// @ts-check
/** Plays many rounds of tabs and prints a table. Usage: see scripts/soak. */
import { table } from '../../bench/table.mjs';
import { BROWSERS, startRounds } from './browsers.mjs';
import { ENDS } from './rounds.mjs';

const ROUNDS = { chromium: { opfs: 100, indexeddb: 50 }, firefox: { opfs: 50, indexeddb: 25 } };

const [only, count, seedGiven] = process.argv.slice(2);
const seed = Number(seedGiven ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

/** The middle one and the largest. @param {readonly number[]} values */
function medianAndLongest(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return [sorted[sorted.length >> 1], sorted.at(-1)].map((ms) => `${ms} ms`).join(', ');
}

/** @type {string[][]} */
const rows = [];
for (const name of /** @type {(keyof typeof BROWSERS)[]} */ (Object.keys(BROWSERS))) {
  if (only !== undefined && only !== name) continue;
  const tabs = await startRounds(name);
  try {
    for (const storage of /** @type {const} */ (['opfs', 'indexeddb'])) {
      const rounds = Number(count ?? ROUNDS[name][storage]);
      const { problems, orderedMs, deathMs, ...outcome } = await tabs.play({ storage, rounds, seed });
      for (const problem of problems) console.error(problem);
      if (problems.length > 0) process.exitCode = 1;
      rows.push([name, storage, `${outcome.rounds} of ${rounds}`, String(problems.length), medianAndLongest(deathMs), medianAndLongest(orderedMs)]);
    }
  } finally {
    await tabs.close();
  }
}
console.log(`\n${table(['browser', 'storage', 'rounds', 'failures', 'take-over', 'from the order on'], rows)}

Three tabs write, stream and call; the one that leads goes (${Object.keys(ENDS).join(', ')}). Take-over: from when the others
can see that its Worker is gone to the next commit, the middle one and the longest. From the order on: with the time that the
browser takes to close, reload or end it.`);
