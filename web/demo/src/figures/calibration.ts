import { deleteStore, openStore } from 'millrace';
import { figuresOf, minus } from './sampler.js';

/** What saving one delta by itself costs, found by doing it. */
export interface Calibration {
  deltas: number;
  bytesPerDelta: number;
}

const NAME = 'millrace-demo-calibration';
/** Enough for several of SQLite's checkpoints to have their share of the bytes. */
const DELTAS = 2000;
const WORDS = ['The ', 'water ', 'turns ', 'the ', 'wheel, ', 'and ', 'the ', 'wheel ', 'the ', 'stone. '];

let found: Promise<Calibration> | undefined;

/** Once for each page, however many ask. */
export function calibrate(): Promise<Calibration> {
  found ??= measure();
  return found;
}

/** Streams deltas of a usual size into a scratch store with window 0, then throws it away. */
async function measure(): Promise<Calibration> {
  await deleteStore(NAME);
  const store = await openStore({ name: NAME, windowMs: 0 });
  try {
    const session = await store.sessions.create();
    const before = await store.stats();
    const run = await store.ingest(session.id, oneDeltaAChunk(), { format: 'openai-chat' });
    await run.done;
    const cost = minus(figuresOf(await store.stats()), figuresOf(before));
    return { deltas: DELTAS, bytesPerDelta: cost.bytesWritten / DELTAS };
  } finally {
    await store.close();
    await deleteStore(NAME);
  }
}

async function* oneDeltaAChunk(): AsyncGenerator<string> {
  const choice = (delta: object, finish_reason: string | null): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
  for (let i = 0; i < DELTAS; i++) yield choice({ content: WORDS[i % WORDS.length] }, null);
  yield choice({}, 'stop');
}
