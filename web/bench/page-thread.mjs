// What a reply of 400 tokens a second costs the page's thread: fetched in the Worker, with a listener that shows nothing,
// against the same page when nothing happens, one that only takes the Worker's messages and answers each with a credit, and one
// that parses and keeps the stream itself. node web/bench/page-thread.mjs
import { fileURLToPath } from 'node:url';
import { serve } from '../test/support/server.mjs';
import { launchBare } from './cdp.mjs';
import { table } from './table.mjs';
import { report } from './targets.mjs';
import { tokens } from './tokens.mjs';

const RATE = 400;
const SECONDS = 10;
const TURNS = 3;
/** Of the page's thread, beyond an idle page. */
const MOST_PERCENT = 0.5;

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const BARE = 'a bare message and a credit';

const ingest = async (url) => {
  const { store, session } = globalThis;
  await store.ingest(session, { url }, { format: 'openai-chat' });
};

/** Begins what is to be measured and returns. Each keeps what has come in `globalThis.shown`. */
const SITUATIONS = {
  'an idle page': async () => undefined,
  'ingested in the Worker': ingest,
  [BARE]: ingest,
  'parsed on the page': async (url) => {
    const reader = (await fetch(url)).body.pipeThrough(new TextDecoderStream()).getReader();
    void (async () => {
      let text = '';
      let rest = '';
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        const lines = (rest + value).split('\n\n');
        rest = lines.pop();
        for (const line of lines) {
          if (line.startsWith('data: {')) text += JSON.parse(line.slice(6)).choices[0].delta.content ?? '';
        }
        globalThis.shown = text.length;
      }
    })();
  },
};

/** Opens the store, with a listener. `bare`: the batches are taken before the package sees them. */
async function prepare(bare) {
  const worker = () => {
    const started = new Worker('/dist/worker/worker.js', { type: 'module' });
    if (bare) {
      started.addEventListener('message', (event) => {
        globalThis.shown = event.data;
        if (event.data.some(({ type }) => type !== 'batch')) return;
        event.stopImmediatePropagation();
        started.postMessage([{ type: 'credit', count: 1 }]);
      });
    }
    return started;
  };
  const { openStore } = await import('/dist/index.js');
  const store = await openStore({ name: 'page-thread', storage: 'opfs', worker });
  const { id } = await store.sessions.create();
  store.subscribe((events) => { globalThis.shown = events.length; });
  Object.assign(globalThis, { store, session: id });
}

async function measure(url, name) {
  const browser = await launchBare(`${url}/`);
  try {
    await browser.evaluate(prepare, name === BARE);
    await browser.evaluate(SITUATIONS[name], `${url}/provider/tokens`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const before = await browser.taskSeconds();
    await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
    const busy = await browser.taskSeconds() - before;
    await browser.evaluate(() => globalThis.store.close());
    return 100 * busy / SECONDS;
  } finally {
    await browser.close();
  }
}

const server = await serve({ dist: here('../dist') }, { endpoints: { tokens: tokens(RATE, SECONDS + 2) } });
try {
  const url = new URL(server.url).origin;
  const took = Object.fromEntries(Object.keys(SITUATIONS).map((name) => [name, []]));
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const name of Object.keys(SITUATIONS)) took[name].push(await measure(url, name));
  }
  const idle = median(took['an idle page']);
  console.log(`\n### The page's thread, ${RATE} tokens/s for ${SECONDS} s, ${TURNS} times in turns, Chromium\n`);
  console.log(table(['', 'of the thread', 'beyond an idle page'], Object.entries(took).map(([name, percents]) => [
    name, `${median(percents).toFixed(2)} %`, `${(median(percents) - idle).toFixed(2)} %`,
  ])));
  report([[median(took['ingested in the Worker']) - idle <= MOST_PERCENT, `at most ${MOST_PERCENT} % beyond an idle page`]]);
} finally {
  await server.close();
}
