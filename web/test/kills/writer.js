// @ts-check
/** The page that is going to be killed: it streams and writes for ever, and tells the server what was acknowledged. */
import { textOf } from '../support/page/context.js';
import { randomFrom } from '../support/page/random.js';
import { deltaOf } from './sequence.js';
import { startTelling } from './telling.js';

/** @import { Draft, Store } from '../../dist/index.js' */
/** @import { Fact } from './ledger.mjs' */

const RATE = 400;
const TICK_MS = 4;

/** Resolves once the stream is being saved; the writing goes on. @param {Store} store @param {{ session: string; seed: number }} round */
export async function startWriting(store, { session, seed }) {
  const url = (/** @type {string} */ endpoint, rest = '') => new URL(`/provider/${endpoint}?session=${session}${rest}`, location.href).href;
  const { tell, received } = /** @type {ReturnType<typeof startTelling<Fact>>} */ (startTelling(url('tell')));
  const below = randomFrom(seed);
  await store.sessions.create({ id: session, title: '0' });
  const stream = `${session}-stream`;
  const streaming = new Promise((resolve) => store.subscribe((events) => {
    for (const event of events) {
      if (event.type !== 'updated' || !event.saved) continue;
      tell({ id: event.message.id, text: textOf(event.message).length });
      if (event.message.id === stream) resolve(undefined);
    }
  }, { sessionId: session }));
  const source = url('count', `&id=${stream}`);
  await store.ingest(session, below(2) ? { url: source } : fetch(source), { format: 'openai-chat', messageId: stream });
  tell({ id: stream, created: 'assistant' });
  writeDrafts({ store, session, below, tell, received, deletable: [] }).catch((error) => tell({ failed: String(error) }));
  await streaming;
}

/**
 * Of one round. `deletable`: user messages of the session that are there still.
 * @typedef {{
 *   store: Store; session: string; below: (limit: number) => number; tell: (fact: Fact) => void; received: () => Promise<void>; deletable: string[];
 * }} Writing
 */

/** One draft after the other, each with things happening to it and around it. @param {Writing} writing */
async function writeDrafts(writing) {
  const { store, session, below, tell } = writing;
  for (let n = 0; ; n++) {
    const id = `${session}-draft-${n}`;
    const draft = await store.messages.create(session, { id, role: 'assistant' });
    tell({ id, created: 'assistant' });
    const deltas = { count: 0, length: 0 };
    for (let step = below(4); step >= 0; step--) {
      await appendDeltas(writing, draft, deltas, below(60));
      const act = ACTS[below(ACTS.length)];
      await act?.(writing, draft, deltas.length);
    }
    await draft.finish();
    tell({ id, finished: deltas.length });
  }
}

/** At the pace of a stream. @param {Writing} writing @param {Draft} draft @param {{ count: number; length: number }} deltas @param {number} more */
async function appendDeltas({ tell }, draft, deltas, more) {
  const start = performance.now();
  for (let done = 0; done < more;) {
    const due = Math.min(more, Math.ceil((performance.now() - start) * RATE / 1000));
    for (; done < due; done++) {
      const delta = deltaOf(deltas.count++);
      draft.appendText(delta);
      deltas.length += delta.length;
      tell({ id: draft.id, handed: [deltas.length, Date.now()] });
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}

let made = 0;
let titles = 0;

/** What may happen to a draft whose text has `length` characters. @type {readonly ((writing: Writing, draft: Draft, length: number) => Promise<void>)[]} */
const ACTS = [
  async ({ tell }, draft, length) => {
    const call = `call-${made++}`;
    await draft.putToolCall({ id: call, name: 'look-up', input: '{}', finished: true });
    tell({ id: draft.id, text: length, call });
  },
  async ({ tell }, draft, length) => {
    await draft.addPart({ type: 'custom', name: 'note', data: { made: made++ } });
    tell({ id: draft.id, text: length });
  },
  async ({ tell }, draft, length) => {
    await draft.flush();
    tell({ id: draft.id, text: length });
  },
  async ({ store, tell }, draft, length) => {
    await store.flushAll();
    tell({ id: draft.id, text: length });
  },
  async ({ store, session, tell, deletable }) => {
    const id = `${session}-user-${made++}`;
    await store.messages.create(session, { id, role: 'user', parts: [{ type: 'text', text: id }] });
    deletable.push(id);
    tell({ id, created: 'user' });
  },
  async ({ store }) => {
    await store.import(await store.export());
  },
  async ({ store, session, tell }) => {
    const title = ++titles;
    await store.sessions.update(session, { title: String(title) });
    tell({ title });
  },
  async ({ store, tell, received, deletable }) => {
    const id = deletable.shift();
    if (id === undefined) return;
    tell({ id, deleted: 'asked' });
    await received();
    await store.messages.delete(id);
    tell({ id, deleted: 'done' });
  },
];
