// @ts-check
/** Plays many rounds and prints a table. Usage: see scripts/soak. */
import { table } from '../../bench/table.mjs';
import { BROWSERS, startKilling } from './browsers.mjs';
import { KINDS } from './rounds.mjs';

/** @import { Outcome } from './rounds.mjs' */

/** Of each kind. Launching Firefox takes long. */
const ROUNDS = { chromium: 50, firefox: 20 };

const [only, count, seedGiven] = process.argv.slice(2);
if (only !== undefined && !(only in BROWSERS)) throw new Error(`no such browser: ${only}`);
const seed = Number(seedGiven ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

/** The median and the largest of the rounds. @param {Outcome['streamLosses']} losses */
function shown(losses) {
  const sorted = losses.toSorted((a, b) => a.ms - b.ms);
  return [sorted[sorted.length >> 1], sorted.at(-1)].map((loss) => `${loss?.ms} ms (${loss?.deltas})`);
}

/** @type {string[][]} */
const rows = [];
let failures = 0;
for (const name of /** @type {(keyof typeof BROWSERS)[]} */ (Object.keys(BROWSERS))) {
  if (only !== undefined && only !== name) continue;
  const rounds = Number(count ?? ROUNDS[name]);
  const killing = await startKilling(name);
  for (const storage of BROWSERS[name].storages) {
    for (const kind of Object.keys(KINDS)) {
      const outcome = await killing.play({ kind, storage, rounds, seed });
      outcome.problems.forEach((problem) => console.error(problem));
      failures += outcome.problems.length;
      rows.push([
        kind, name, storage, `${outcome.rounds} of ${rounds}`, String(outcome.raw), String(outcome.acknowledged),
        String(outcome.problems.length), ...shown(outcome.streamLosses), ...shown(outcome.draftLosses),
      ]);
      console.log(rows.at(-1)?.join(', '));
    }
  }
  await killing.close();
}
console.log(`\n${table(
  ['kind', 'browser', 'storage', 'rounds', 'files checked as they lay', 'acknowledgements checked', 'failures',
    'lost of a stream: median', 'largest', 'lost of a draft: median', 'largest'],
  rows,
)}\n\nLost: not acknowledged and not there. Milliseconds of the stream, and deltas (400 a second).`);
if (failures > 0) process.exitCode = 1;
