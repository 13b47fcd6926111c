// What run.mjs measures, on the page's side: each scenario is a function of plain options that
// resolves with plain figures. The package is used as its users do.
import { openStore } from '/dist/index.js';

const WORDS = ['The ', 'mill ', 'race ', 'runs ', 'on, ', 'naïve ', '水車 ', '🌊', 'and ', 'the ', 'wheel ', 'turns. '];
const deltaAt = (index) => WORDS[index % WORDS.length];
const textOf = (count) => Array.from({ length: count }, (_, index) => deltaAt(index)).join('');

const textIn = (message) => message.parts.filter((part) => part.type === 'text').map((part) => part.text).join('');

/** A fresh store with one session and one draft, and its figures before anything was streamed. */
async function start(name, windowMs, storage = 'opfs') {
  const store = await openStore({ name, storage, windowMs });
  const session = await store.sessions.create();
  const heard = [];
  store.subscribe(() => heard.push(performance.now()), { types: ['updated'] });
  const draft = await store.messages.create(session.id, { role: 'assistant' });
  return { store, draft, heard, before: await store.stats() };
}

/** Finishes, closes, opens again and reads back: what counts is what is in the file then. */
async function finish({ store, draft, heard, before }, name, expected, storage = 'opfs') {
  await draft.finish('end_turn');
  const after = await store.stats();
  await store.close();
  const again = await openStore({ name, storage });
  const stored = await again.messages.get(draft.id);
  await again.close();
  return {
    saves: after.commits - before.commits,
    notifications: heard.length,
    bytesWritten: after.bytesWritten - before.bytesWritten,
    payload: new TextEncoder().encode(expected).length,
    mostNotificationsInASecond: mostInASecond(heard),
    exact: textIn(stored) === expected,
  };
}

function mostInASecond(times) {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while (times[last] - times[first] >= 1000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

/** Deltas at a steady rate, as a network would bring them. */
export async function steady({ name, windowMs, perSecond, seconds }) {
  const run = await start(name, windowMs);
  const total = perSecond * seconds;
  const began = performance.now();
  let sent = 0;
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - began) / 1000) * perSecond));
      for (; sent < due; sent += 1) run.draft.appendText(deltaAt(sent));
      if (sent === total) resolve(clearInterval(timer));
    }, 1);
  });
  const figures = await finish(run, name, textOf(total));
  return { ...figures, tookMs: performance.now() - began };
}

/** A reply whose windows end after so many deltas each, by a flush, as fast as it goes. */
export async function wholeReply({ name, storage, bytes, deltasPerWindow }) {
  const run = await start(name, 3_600_000, storage);
  const delta = 'word';
  const windows = Math.floor(bytes / (delta.length * deltasPerWindow));
  const began = performance.now();
  for (let window = 0; window < windows; window += 1) {
    for (let i = 0; i < deltasPerWindow; i += 1) run.draft.appendText(delta);
    await run.draft.flush();
  }
  const figures = await finish(run, name, delta.repeat(windows * deltasPerWindow), storage);
  return { ...figures, windows, tookMs: performance.now() - began };
}

/** What the end of a window writes, in a message that is so long already. */
export async function windowBytes({ name, storage, bytes, windows, deltasPerWindow }) {
  const store = await openStore({ name, storage, windowMs: 3_600_000 });
  const session = await store.sessions.create();
  const draft = await store.messages.create(session.id, { role: 'assistant' });
  const long = 'word'.repeat(bytes / 4);
  draft.appendText(long);
  await draft.flush();
  const before = (await store.stats()).bytesWritten;
  for (let window = 0; window < windows; window += 1) {
    for (let i = 0; i < deltasPerWindow; i += 1) draft.appendText('word');
    await draft.flush();
  }
  const after = (await store.stats()).bytesWritten;
  await draft.finish();
  const text = textIn(await store.messages.get(draft.id, { committed: true }));
  await store.close();
  return { perWindow: (after - before) / windows, exact: text === long + 'word'.repeat(windows * deltasPerWindow) };
}

/** So many messages in so many sessions, as a store of years; times in milliseconds, the first of each kind. */
export async function scale({ name, storage, messages, sessions }) {
  const timed = async (work) => {
    const began = performance.now();
    const value = await work();
    return { ms: performance.now() - began, value };
  };
  let store = await openStore({ name, storage });
  for (let i = 0; i < sessions; i += 1) await store.sessions.create({ id: `s${i}`, title: `Session ${i}` });
  const words = (i) => Array.from({ length: 30 }, (_, k) => `w${(i * 31 + k * k * 7) % 5000}`).join(' ');
  for (let i = 0; i < messages; i += 1000) {
    await Promise.all(Array.from({ length: 1000 }, (_, k) => store.messages.create(`s${(i + k) % sessions}`, {
      role: (i + k) % 2 === 0 ? 'user' : 'tool', parts: [{ type: 'text', text: `${words(i + k)} 水車${i + k}` }],
    })));
  }
  await store.close();
  const opening = await timed(() => openStore({ name, storage }));
  store = opening.value;
  const figures = {
    open: opening.ms,
    'list of 50 sessions': (await timed(() => store.sessions.list({ limit: 50 }))).ms,
    'last page of a session, 50 messages': (await timed(() => store.messages.list('s7', { limit: 50 }))).ms,
    'search: a frequent word': (await timed(() => store.search('w42'))).ms,
    'search: two Chinese characters': (await timed(() => store.search('水車'))).ms,
  };
  const found = (await store.search(`水車${messages - 1}`)).hits.length;
  figures['delete a session'] = (await timed(() => store.sessions.delete('s7'))).ms;
  const exported = await timed(() => store.export());
  figures[`export, ${(exported.value.size / 1e6).toFixed(0)} MB`] = exported.ms;
  const left = (await store.messages.listUser(undefined, { limit: 1 })).length;
  await store.close();
  return { figures, complete: found === 1 && left === 1 };
}
