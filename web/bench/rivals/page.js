// The comparisons, on the page's side: each rival in a Worker of its own, Millrace as its users call it.

/** Loaded by who asks for it, so that a cold opening has it in its time. @returns {Promise<typeof import('../../dist/index.js')>} */
const millrace = () => import('/dist/index.js');

/** Resolves with the scenario's result, and of each step what came with it, and when, since the Worker was made. */
export async function rival({ rival: name, scenario, options }) {
  const began = performance.now();
  const worker = new Worker('/bench/rivals/worker.js', { type: 'module' });
  const steps = {};
  try {
    const answer = await new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if (data.step) steps[data.step] = { messages: data.messages.length, sinceStartMs: performance.now() - began };
        else resolve(data);
      };
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage({ rival: name, scenario, options });
    });
    if (answer.error) throw new Error(answer.error);
    return { ...answer.result, steps, sinceStartMs: performance.now() - began };
  } finally {
    worker.terminate();
  }
}

/** Dexie works on the page's thread, as its users have it there. */
export async function dexie({ scenario, options }) {
  const began = performance.now();
  const steps = {};
  const { scenarios } = await import('./dexie.js');
  await scenarios[scenario](options, undefined, (step, messages) => {
    steps[step] = { messages: messages.length, sinceStartMs: performance.now() - began };
  });
  return { steps, sinceStartMs: performance.now() - began };
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

/** Each message is created by itself; those of one `together` in one turn. */
export async function fill({ name, messages, text, together }) {
  const began = performance.now();
  const { openStore } = await millrace();
  const store = await openStore({ name, storage: 'opfs' });
  const sessions = new Set(messages.map(([, session]) => session));
  await Promise.all([...sessions].map((id) => store.sessions.create({ id })));
  const parts = [{ type: 'text', text }];
  for (let at = 0; at < messages.length; at += together) {
    await Promise.all(messages.slice(at, at + together).map(([id, session]) => store.messages.create(session, { id, role: 'user', parts })));
  }
  await store.close();
  return { sinceStartMs: performance.now() - began };
}

/** From a page that has loaded nothing of Millrace yet: the newest of one session, and then another session whole. */
export async function list({ name, newest, limit, whole }) {
  const began = performance.now();
  const steps = {};
  const reached = (step, messages) => { steps[step] = { messages: messages.length, sinceStartMs: performance.now() - began }; };
  const { openStore } = await millrace();
  const store = await openStore({ name, storage: 'opfs' });
  reached('newest', await store.messages.list(newest, { limit }));
  reached('whole', await store.messages.list(whole));
  await store.close();
  return { steps };
}
