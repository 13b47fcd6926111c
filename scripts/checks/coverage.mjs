// Reads `llvm-cov export -summary-only` and prints the lines of each file and of all. Fails if fewer than the
// given per cent were run.
// Usage: llvm-cov-14 export -summary-only ... | node scripts/checks/coverage.mjs 95
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const row = (name, { count, covered, percent }) =>
  `${name.padEnd(48)} ${String(count).padStart(6)} ${String(count - covered).padStart(7)} ${percent.toFixed(2).padStart(7)} %`;

/** The table, and whether the coverage is enough. Without any lines it is not enough, because nothing was measured. */
export function judge({ data: [{ files, totals }] }, least) {
  const names = files.map(({ filename }) => path.normalize(filename).replace(/^.*\/(?=core\/)/, ''));
  const table = files.map(({ summary }, i) => row(names[i], summary.lines)).sort();
  return {
    table: [`${'file'.padEnd(48)}  lines not run`, ...table, row('all of core/', totals.lines)].join('\n'),
    enough: totals.lines.count > 0 && totals.lines.percent >= least,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const least = Number(process.argv[2]);
  const { table, enough } = judge(JSON.parse(readFileSync(0, 'utf8')), least);
  console.log(table);
  if (!enough) {
    console.error(`coverage: below the ${least} % that are the least`);
    process.exit(1);
  }
}
