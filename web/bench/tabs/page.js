// What a page of bench/tabs.mjs does.
import { openStore } from '/dist/index.js';

let store;
let session;

/** Milliseconds until the store is open, and until a list of the newest messages is there. */
export async function open({ name, list, counted }) {
  const start = performance.now();
  const worker = counted && (() => new Worker(`/bench/tabs/counting-worker.js#${counted}`, { type: 'module' }));
  store = await openStore({ name, storage: 'opfs', ...(worker && { worker }) });
  const openedMs = performance.now() - start;
  const found = list ? (await store.messages.list(list, { limit: 50 })).length : 0;
  const listedMs = performance.now() - start;
  store.subscribe(() => undefined);
  return { openedMs, listedMs, found, role: (await store.stats()).role };
}

export async function fill({ sessions, each, text }) {
  for (let s = 0; s < sessions; s++) {
    await store.sessions.create({ id: `s${s}` });
    for (let n = 0; n < each; n++) void store.messages.create(`s${s}`, { role: 'user', parts: [{ type: 'text', text }] });
    await store.flushAll();
  }
}

/** Streams at that rate; what the store did meanwhile. */
export async function stream({ rate, ms }) {
  session ??= await store.sessions.create();
  const draft = await store.messages.create(session.id, { role: 'assistant' });
  const before = await store.stats();
  const start = performance.now();
  let deltas = 0;
  while (performance.now() - start < ms) {
    for (const due = (performance.now() - start) * rate / 1000; deltas < due; deltas++) draft.appendText('token ');
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  const took = performance.now() - start;
  const after = await store.stats();
  await draft.finish();
  return { deltas, ms: took, commits: after.commits - before.commits };
}

/** What that tab's Worker has said to others so far. */
export function said(counted) {
  const channel = new BroadcastChannel(`count#${counted}`);
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      channel.close();
      resolve(data);
    };
    channel.postMessage('?');
  });
}
