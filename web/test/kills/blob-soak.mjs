// @ts-check
/** Plays many rounds of kills of pages that put blobs and prints a table. Usage: see scripts/soak. */
import { table } from '../../bench/table.mjs';
import { BROWSERS, startKilling } from './browsers.mjs';
import { KINDS } from './rounds.mjs';

/** Of each kind and storage. Launching Firefox takes long. */
const ROUNDS = { chromium: 50, firefox: 20 };

const [only, count, seedGiven] = process.argv.slice(2);
if (only !== undefined && !(only in BROWSERS)) throw new Error(`no such browser: ${only}`);
const seed = Number(seedGiven ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

/** @type {string[][]} */
const rows = [];
for (const name of /** @type {(keyof typeof BROWSERS)[]} */ (Object.keys(BROWSERS))) {
  if (only !== undefined && only !== name) continue;
  const killing = await startKilling(name);
  try {
    for (const storage of BROWSERS[name].storages) {
      for (const kind of Object.keys(KINDS)) {
        const rounds = Number(count ?? ROUNDS[name]);
        const outcome = await killing.playBlobs({ kind, storage, rounds, seed });
        for (const problem of outcome.problems) console.error(problem);
        if (outcome.problems.length > 0) process.exitCode = 1;
        const counts = [outcome.acknowledged, outcome.blobs, outcome.collected, outcome.problems.length].map(String);
        rows.push([kind, name, storage, `${outcome.rounds} of ${rounds}`, ...counts]);
        console.log(rows.at(-1)?.join(' | '));
      }
    }
  } finally {
    await killing.close();
  }
}
console.log(`\n${table(['kind', 'browser', 'storage', 'rounds', 'acknowledgements', 'blobs read back', 'collected', 'failures'], rows)}

Each blob that the database knew after a kill was read back and hashed. Collected: of these, gone after hours had passed.`);
