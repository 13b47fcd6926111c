// What React renders, and what the page's thread does, for a reply of 400 tokens a second in a conversation of 1,000 messages that are
// all on the page: shown by their ids, each row for itself, and as one list of messages. node web/bench/react.mjs
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { serve } from '../test/support/server.mjs';
import { launchBare } from './cdp.mjs';
import { table } from './table.mjs';
import { report } from './targets.mjs';
import { tokens } from './tokens.mjs';

const RATE = 400;
const SECONDS = 10;
const TURNS = 3;
const MESSAGES = 1000;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** One script with the production build of React; the package stays as it is served. */
async function bundled() {
  const bundle = await rolldown({
    input: here('react/page.js'), platform: 'browser',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [{ name: 'package', resolveId: (id) => {
      if (id === 'millrace') return { id: '/dist/module.js', external: true };
      return id === 'millrace/live' ? { id: '/dist/live.js', external: true } : id === 'millrace/react' ? here('../dist/react.js') : undefined;
    } }],
  });
  const { output: [chunk] } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  return chunk.code;
}

const SITUATIONS = { 'an idle page': 'ids', 'no list on the page': 'none', 'a list of ids, a message for each row': 'ids', 'a list of messages': 'messages' };

async function measure(url, name) {
  const browser = await launchBare(`${url}/`);
  try {
    await browser.evaluate(async ([shown, count]) => {
      globalThis.bench = await import('/react.js');
      await globalThis.bench.prepare(shown, count);
    }, [SITUATIONS[name], MESSAGES]);
    if (name !== 'an idle page') await browser.evaluate((address) => globalThis.bench.ingest(address), `${url}/provider/tokens`);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await browser.evaluate(() => globalThis.bench.rendersSince());
    const before = await browser.taskSeconds();
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
    const busy = await browser.taskSeconds() - before;
    const renders = await browser.evaluate(() => globalThis.bench.rendersSince());
    await browser.evaluate(() => globalThis.store.close());
    return { percent: 100 * busy / SECONDS, renders };
  } finally {
    await browser.close();
  }
}

const server = await serve({ dist: here('../dist') }, { endpoints: { tokens: tokens(RATE, SECONDS + 3) }, pages: { '/react.js': await bundled() } });
try {
  const url = new URL(server.url).origin;
  const runs = Object.fromEntries(Object.keys(SITUATIONS).map((name) => [name, []]));
  for (let turn = 0; turn < TURNS; turn += 1) for (const name of Object.keys(SITUATIONS)) runs[name].push(await measure(url, name));
  const percent = (name) => median(runs[name].map((run) => run.percent));
  const perSecond = (name, part) => median(runs[name].map(({ renders }) => renders[part])) / SECONDS;
  const idle = percent('an idle page');
  console.log(`\n### ${RATE} tokens/s for ${SECONDS} s among ${MESSAGES} messages on the page, ${TURNS} times in turns, Chromium\n`);
  console.log(table(['', 'of the thread, beyond an idle page', 'renders a second: list', 'the reply', 'other rows'], Object.keys(SITUATIONS).map((name) => [
    name, `${(percent(name) - idle).toFixed(2)} %`, perSecond(name, 'list').toFixed(1), perSecond(name, 'reply').toFixed(1), perSecond(name, 'others').toFixed(1),
  ])));
  const byIds = 'a list of ids, a message for each row';
  report([
    [perSecond(byIds, 'list') === 0 && perSecond(byIds, 'others') === 0, 'only the row of the reply renders'],
    [perSecond(byIds, 'reply') <= 31, 'once a window'],
  ]);
} finally {
  await server.close();
}
