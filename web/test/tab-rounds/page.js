// @ts-check
/** What a tab does in a round: it writes, streams and calls, as the others do; then it says what it found. */
import { settled, watchedStore } from '../kills/pending.js';
import { deltaOf } from '../kills/sequence.js';
import { finishOf, textOf, until } from '../support/page/context.js';
import { setFault } from '../support/page/faults.js';

/** @import { Draft, Message, Run, Store } from '../../dist/index.js' */

/** Deltas a second of a draft. */
const RATE = 200;
const TICK_MS = 5;

/** @type {Store} */
let store;
/** @type {Worker} */
let worker;
let name = '';
/** When this tab began to lead, and saved for the first time after that. @type {{ ledAt?: number; savedAt?: number }} */
let takeOver = {};
/** So much of the text of a message was said to be saved. @type {Map<string, number>} */
const savedLengths = new Map();

/** @param {{ store: { name: string; storage: 'opfs' | 'indexeddb' }; tab: string }} options */
export async function openTab({ store: options, tab }) {
  const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
  name = tab;
  store = watchedStore(await openStore({
    ...options, worker: () => (worker = new Worker(`/support/workers/named.js#${tab}`, { type: 'module' })),
  }));
  store.subscribe((events) => {
    for (const event of events) {
      if (event.type === 'role' && event.role === 'leader') takeOver = { ledAt: Date.now() };
      if (event.type !== 'updated' || !event.saved) continue;
      if (takeOver.ledAt !== undefined) takeOver.savedAt ??= Date.now();
      savedLengths.set(event.message.id, textOf(event.message).length);
    }
  });
}

export const roleOf = async () => (await store.stats()).role;

/** @type {{ session: string; over: boolean; draft: Draft; deltas: number; writing: Promise<void>; calls: Promise<string[]>; run: Run }} */
let round;

/** Resolves once the stream and the draft are being saved; the writing goes on. @param {{ session: string; streamed: number }} what `streamed`: deltas of the stream */
export async function startRound({ session, streamed }) {
  takeOver = {};
  const own = (/** @type {string} */ what) => `${session}-${name}-${what}`;
  const url = new URL(`/provider/counted?to=${streamed}`, location.href).href;
  const [draft, run] = await Promise.all([
    store.messages.create(session, { id: own('draft'), role: 'assistant' }),
    store.ingest(session, { url }, { format: 'openai-chat', messageId: own('stream') }),
  ]);
  // A leader's run ends with its Worker.
  run.done.catch(() => undefined);
  round = { session, over: false, draft, deltas: 0, run, writing: Promise.resolve(), calls: Promise.resolve([]) };
  round.writing = writeDeltas();
  round.calls = callAgainAndAgain();
  round.writing.catch(() => undefined);
  round.calls.catch(() => undefined);
  await until(() => savedLengths.has(own('draft')) && savedLengths.has(own('stream')));
}

async function writeDeltas() {
  const start = performance.now();
  while (!round.over) {
    while (round.deltas < (performance.now() - start) * RATE / 1000) round.draft.appendText(deltaOf(round.deltas++));
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await round.draft.finish();
}

/** Each call makes something that no second one could hide: the store chooses its id. Gives the texts. */
async function callAgainAndAgain() {
  /** @type {string[]} */
  const texts = [];
  while (!round.over) {
    const text = `${round.session}-${name}-${texts.length}`;
    await store.messages.create(round.session, { role: 'user', parts: [{ type: 'text', text }] });
    texts.push(text);
    if (texts.length % 5 === 0) await store.flushAll();
  }
  return texts;
}

/** When the other tab's Worker was seen to be gone. @param {string} other @returns {Promise<number>} */
export const deathOf = (other) => navigator.locks.request(`alive#${other}`, () => Date.now());

/** @returns {number} when */
export function terminate() {
  worker.terminate();
  return Date.now();
}

/** @returns {Promise<number>} when */
export async function trap() {
  const at = Date.now();
  await setFault('trap', name);
  return at;
}

/** The page lives on without its Worker. @param {number} ms @returns {Promise<string[]>} the calls that are pending after that time */
export async function callsLeft(ms) {
  round.over = true;
  store.sessions.list().catch(() => undefined);
  return settled(ms);
}

/** Resolves once something of this tab is saved after the end of the other's Worker. @param {string} dead */
export async function survive(dead) {
  await deathOf(dead);
  const saved = savedLengths.get(round.draft.id) ?? 0;
  await until(() => (savedLengths.get(round.draft.id) ?? 0) > saved);
}

/**
 * Ends what this tab was doing; what must be there of it, and what it has heard.
 * @returns {Promise<{ draft: string; calls: string[]; streamEnd: string; heard: Record<string, number>; takeOver: { ledAt?: number; savedAt?: number } }>}
 */
export async function endRound() {
  const { run } = round;
  round.over = true;
  await round.writing;
  const calls = await round.calls;
  const streamed = await run.done;
  let text = '';
  for (let n = 0; n < round.deltas; n++) text += deltaOf(n);
  return { draft: text, calls, streamEnd: finishOf(streamed)?.reason ?? '', heard: Object.fromEntries(savedLengths), takeOver: { ...takeOver } };
}

/** What is there, as this tab sees it. @param {string} session @returns {Promise<{ id: string; role: string; text: string; reason: string | undefined }[]>} */
export async function readRound(session) {
  // What a tab that died was writing is finished by who leads, in its own time.
  const messages = await until(async () => {
    const all = await store.messages.list(session);
    return all.every(({ role, finishedAt }) => role === 'user' || finishedAt !== undefined) && all;
  });
  return /** @type {Message[]} */ (messages).map((message) => ({ id: message.id, role: message.role, text: textOf(message), reason: finishOf(message)?.reason }));
}

/** @param {string} session */
export const createSession = (session) => store.sessions.create({ id: session }).then(() => undefined);
