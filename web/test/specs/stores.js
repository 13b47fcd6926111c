// @ts-check
import { deepEqual, equal, ok, rejects, throws } from '../support/page/assert.js';
import { finishOf, listen, startReply, textOf, until } from '../support/page/context.js';
import { deleteDatabase } from '../support/page/indexeddb.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Draft, Run, RunScope } from '../../dist/index.js' */

/** @type {Spec} */
export async function twoOpensShareOneStore({ open, millrace, name, storage }) {
  const [a, b] = await Promise.all([open(), open()]);
  ok(a !== b, 'two handles');
  deepEqual([a.name, a.storage, b.storage], [name, storage, storage]);
  const heardByB = listen(b);
  const heardByA = listen(a);
  const { session, draft } = await startReply(a);
  draft.appendText('from a');
  equal(textOf(await b.messages.get(draft.id)), 'from a');
  await rejects(millrace.openStore({ name, storage: storage === 'memory' ? 'opfs' : 'memory' }), 'invalid-argument');
  await rejects(millrace.deleteStore(name), 'in-use');
  await a.close();
  await a.close();
  await rejects(a.messages.get(draft.id), 'closed');
  await rejects(a.sessions.list(), 'closed');
  await rejects(a.stats(), 'closed');
  await rejects(a.flushAll(), 'closed');
  await rejects(a.run(session.id, async () => undefined), 'closed');
  throws(() => a.subscribe(() => undefined), 'closed');
  const before = heardByA.events.length;
  await b.sessions.update(session.id, { title: 'b goes on' });
  await until(() => heardByB.events.some((event) => event.type === 'session-updated' && event.session.title === 'b goes on'));
  equal(heardByA.events.length, before, 'a closed handle hears nothing:');
  await b.close();
  throws(() => draft.appendText('x'), 'closed');
  await rejects(draft.finish(), 'closed');
}

/** @type {Spec} */
export async function opensAgainRightAfterClosing({ open, storage }) {
  const first = await open();
  const { draft } = await startReply(first);
  draft.appendText('kept');
  const closing = first.close();
  const second = await open();
  await closing;
  if (storage === 'memory') equal(await second.messages.get(draft.id), undefined);
  else equal(textOf(await second.messages.get(draft.id)), 'kept');
}

/** @type {Spec} */
export async function deletesAStore({ open, millrace, name, storage }) {
  if (storage === 'memory') return millrace.deleteStore(name);
  const store = await open();
  const { session } = await startReply(store);
  await store.close();
  await millrace.deleteStore(name);
  await millrace.deleteStore(name);
  equal(await (await open()).sessions.get(session.id), undefined);
}

/** As a browser does that is short of room. @param {string} name @param {string} storage */
async function wipe(name, storage) {
  if (storage === 'indexeddb') return deleteDatabase(name);
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('millrace');
  for (const suffix of ['.sqlite3', '.sqlite3-wal', '.sqlite3-journal']) await folder.removeEntry(name + suffix);
}

/** @type {Spec} */
export async function saysThatTheBrowserWipedAStore({ millrace, storage }) {
  const name = `wiped-${storage}`;
  const openings = async (/** @type {number} */ count) => {
    const stores = [];
    while (stores.length < count) stores.push(await millrace.openStore({ name, storage }));
    for (const store of stores) await store.close();
    return stores.map(({ wiped }) => wiped);
  };
  deepEqual([await openings(2), await openings(1)], [[false, false], [false]]);
  if (storage === 'memory') return;
  await wipe(name, storage);
  deepEqual([await openings(2), await openings(1)], [[true, true], [false]]);
  await millrace.deleteStore(name);
  deepEqual(await openings(1), [false]);
  if (!navigator.storage?.getDirectory) return;
  const [elsewhere] = ['opfs', 'indexeddb'].filter((other) => other !== storage);
  const other = await millrace.openStore({ name, storage: /** @type {'opfs' | 'indexeddb'} */ (elsewhere) });
  equal(other.wiped, false, 'it was never there:');
  await other.close();
}

/** @type {Spec} */
export async function countsWhatItDoes({ open, storage }) {
  const store = await open();
  const before = await store.stats();
  deepEqual([before.storage, before.role, before.notifications, before.subscribers], [storage, 'leader', 0, 0]);
  ok(/^3\.\d+\.\d+$/.test(before.sqliteVersion), before.sqliteVersion);
  const heard = listen(store);
  const { draft } = await startReply(store);
  draft.appendText('x');
  const during = await store.stats();
  deepEqual([during.subscribers, during.liveMessages, during.pending], [1, 1, 1]);
  await draft.finish();
  const after = await store.stats();
  equal(after.notifications, heard.batches.length);
  deepEqual([after.pending, after.liveMessages, after.updates - before.updates], [0, 0, 2]);
  ok(after.commits > before.commits && (storage === 'memory' || after.bytesWritten > before.bytesWritten), 'commits and bytes are counted');
  deepEqual(store.recovered, []);
}

/** C14 @type {Spec} */
export async function C14_aRunFinishesWhatItLeavesOpen({ open }) {
  const store = await open({ windowMs: 3_600_000 });
  const { id } = await store.sessions.create();
  /** @type {Draft} */
  let draft;
  /** @param {(scope: RunScope) => Promise<unknown>} then @param {AbortSignal} [signal] */
  const run = async (then, signal) => {
    const outcome = await store.run(id, async (scope) => {
      draft = await scope.create({ role: 'assistant' });
      draft.appendText('words');
      return then(scope);
    }, { ...(signal && { signal }) }).then((value) => ({ value }), (/** @type {any} */ error) => ({ error }));
    const saved = await store.messages.get(draft.id, { committed: true });
    equal(textOf(saved), 'words');
    deepEqual(draft.message, saved, 'the draft knows how it ended:');
    throws(() => draft.appendText('late'), 'finished');
    return { ...outcome, reason: finishOf(saved)?.reason };
  };
  deepEqual(await run(async () => 42), { value: 42, reason: 'unknown' });
  deepEqual(await run(async () => draft.finish('max_tokens')), { value: undefined, reason: 'max_tokens' });
  const thrown = new Error('thrown by the turn');
  deepEqual(await run(async () => { throw thrown; }), { error: thrown, reason: 'error' });
  const abortError = new DOMException('stop', 'AbortError');
  deepEqual(await run(async () => { throw abortError; }), { error: abortError, reason: 'canceled' });
  const abort = new AbortController();
  const aborted = await run((scope) => new Promise((_resolve, reject) => {
    scope.signal.addEventListener('abort', () => reject(scope.signal.reason));
    abort.abort();
  }), abort.signal);
  equal(aborted.reason, 'canceled');
  let called = false;
  await rejects(store.run(id, async () => { called = true; }, { signal: abort.signal }), 'aborted');
  equal(called, false);
  await rejects(store.run('nobody', async () => undefined), 'not-found');
}

/** C14 @type {Spec} */
export async function C14_aRunStopsItsStreams({ open, provider, name }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const url = `${provider}hold?name=${name}`;
  /** @type {Run | undefined} */
  let stream;
  await store.run(id, async (scope) => {
    stream = await scope.ingest({ url }, { format: 'openai-chat' });
    await until(async () => textOf(await store.messages.get(stream?.messageId ?? '')) !== '');
  });
  ok(stream, 'a stream');
  await stream.done.catch(() => undefined);
  const left = await store.messages.get(stream.messageId, { committed: true });
  deepEqual([textOf(left), finishOf(left)?.reason], ['First ', 'unknown']);

  const abort = new AbortController();
  const turn = store.run(id, async (scope) => {
    stream = await scope.ingest(fetch(url), { format: 'openai-chat' });
    await until(async () => textOf(await store.messages.get(stream?.messageId ?? '')) !== '');
    abort.abort();
    await stream.done;
  }, { signal: abort.signal });
  await rejects(turn, 'aborted');
  const stopped = await store.messages.get(stream.messageId, { committed: true });
  deepEqual([textOf(stopped), finishOf(stopped)?.reason], ['First ', 'canceled']);
}

/** @type {Spec} */
export async function closingEndsRunsAndStreams({ open, provider, name, storage }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const stream = await store.ingest(id, fetch(`${provider}hold?name=${name}`), { format: 'openai-chat' });
  await until(async () => textOf(await store.messages.get(stream.messageId)) !== '');
  /** @type {Draft | undefined} */
  let draft;
  const turn = store.run(id, async (scope) => {
    draft = await scope.create({ role: 'assistant' });
    draft.appendText('words');
    await new Promise((_resolve, reject) => scope.signal.addEventListener('abort', () => reject(scope.signal.reason)));
  }).catch(() => undefined);
  await until(() => draft);
  await store.close();
  await turn;
  await rejects(stream.done, 'aborted');
  if (storage === 'memory') return;
  const again = await open();
  deepEqual(again.recovered, []);
  const [streamed, written] = await again.messages.list(id);
  deepEqual([textOf(streamed), finishOf(streamed)?.reason], ['First ', 'canceled']);
  deepEqual([textOf(written), finishOf(written)?.reason], ['words', 'canceled']);
}
