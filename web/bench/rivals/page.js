// The comparisons, on the page's side: each rival in a Worker of its own, Millrace as its users call it.

/** Loaded by who asks for it, so that a cold opening has it in its time. @returns {Promise<typeof import('../../dist/index.js')>} */
const millrace = () => import('/dist/index.js');

/** Resolves with the scenario's result and the time from making the Worker to hearing it. */
export async function rival({ rival: name, scenario, options }) {
  const began = performance.now();
  const worker = new Worker('/bench/rivals/worker.js', { type: 'module' });
  try {
    const answer = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ rival: name, scenario, options });
    });
    if (answer.error) throw new Error(answer.error);
    return { ...answer.result, length: answer.result?.length, sinceStartMs: performance.now() - began };
  } finally {
    worker.terminate();
  }
}

const textIn = (message) => message.parts.filter((part) => part.type === 'text').map((part) => part.text).join('');

/** Each save is one update, saved by itself (no window), as fast as it goes; the last one is the finish. */
export async function reply({ name, saves, deltas }) {
  const { openStore } = await millrace();
  const store = await openStore({ name, storage: 'opfs', windowMs: 0 });
  const session = await store.sessions.create();
  const draft = await store.messages.create(session.id, { role: 'assistant' });
  const before = await store.stats();
  const text = deltas.join('');
  const began = performance.now();
  for (let save = 0; save < saves; save += 1) draft.appendText(text);
  await draft.finish('end_turn');
  const tookMs = performance.now() - began;
  const after = await store.stats();
  const stored = await store.messages.get(draft.id, { committed: true });
  await store.close();
  return {
    tookMs, saves: after.commits - before.commits, bytesWritten: after.bytesWritten - before.bytesWritten,
    exact: textIn(stored) === text.repeat(saves),
  };
}

export async function fill({ name, sessions, messages, text }) {
  const { openStore } = await millrace();
  const store = await openStore({ name, storage: 'opfs' });
  const ids = [];
  for (let i = 0; i < sessions; i += 1) ids.push((await store.sessions.create({ id: `s${i}` })).id);
  for (let i = 0; i < messages; i += 500) {
    await Promise.all(Array.from({ length: Math.min(500, messages - i) }, (_, k) => store.messages.create(
      ids[(i + k) % sessions], { id: `m${i + k}`, role: 'user', parts: [{ type: 'text', text }] })));
  }
  await store.close();
}

/** From a page that has loaded nothing of Millrace yet. */
export async function list({ name, session }) {
  const began = performance.now();
  const { openStore } = await millrace();
  const store = await openStore({ name, storage: 'opfs' });
  const messages = await store.messages.list(session);
  const sinceStartMs = performance.now() - began;
  await store.close();
  return { length: messages.length, sinceStartMs };
}
