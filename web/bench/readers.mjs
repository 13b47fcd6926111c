// How fast replies are read in a browser: Millrace's reader in WebAssembly, beside the parser of the provider's own package on the same
// bytes, in one thread. node web/bench/readers.mjs
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { launchChromium, openPage } from '../test/support/chromium.mjs';
import { serve } from '../test/support/server.mjs';
import { table } from './table.mjs';
import { report } from './targets.mjs';

const TURNS = 5;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function bundled() {
  const bundle = await rolldown({ input: here('readers/page.js'), platform: 'browser', external: [/^\/dist\//], transform: { define: { process: 'undefined' } } });
  const { output: [chunk] } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return chunk.code;
}

const server = await serve({ dist: here('../dist') }, { pages: { '/readers.js': await bundled() } });
const browser = await launchChromium();
try {
  const { page } = await openPage(browser.context, server.url);
  const rows = await page.evaluate(async (turns) => (await import('/readers.js')).measure(turns), TURNS);
  const seconds = (runs) => median(runs) / 1000;
  console.log(`\n### A reply of ${rows[0].deltas.toLocaleString('en-US')} deltas, in pieces of 16 KB, ${TURNS} times in turns, Chromium\n`);
  console.log(table(['format', 'MB', 'Millrace, MB/s', 'events/s', 'beside', 'MB/s', 'Millrace is'], rows.map(({ format, name, size, deltas, ours, theirs }) => [
    format, (size / 1e6).toFixed(1), (size / 1e6 / seconds(ours)).toFixed(0), Math.round(deltas / seconds(ours)).toLocaleString('en-US'),
    name, (size / 1e6 / seconds(theirs)).toFixed(0), `${(seconds(theirs) / seconds(ours)).toFixed(1)} times as fast`,
  ])));
  report(rows.map(({ format, name, ours, theirs }) => [seconds(ours) < seconds(theirs), `${format} is read faster than by ${name}`]));
} finally {
  await browser.close();
  await server.close();
}
