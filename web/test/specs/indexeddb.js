// @ts-check
/** What is particular to storage in IndexedDB: commits end later, and the database may fail or go away. */
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { listen, startReply, textOf, until } from '../support/page/context.js';
import { setFault } from '../support/page/faults.js';
import { deleteDatabase, holdTransactions } from '../support/page/indexeddb.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Store } from '../../dist/index.js' */

const failing = () => new Worker('/support/workers/failing-indexeddb.js', { type: 'module' });

/** @param {Store} store @param {string} id */
const committed = async (store, id) => textOf(await store.messages.get(id, { committed: true }));

/** C11 @type {Spec} */
export async function C11_whatIsBeingSavedIsNotCommitted({ open, name }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  draft.appendText('saved');
  await store.flush(draft.id);
  const release = await holdTransactions(name);
  draft.appendText(' and more');
  let flushed = false;
  const flush = store.flush(draft.id).then(() => { flushed = true; });
  const created = store.messages.create(session.id, { role: 'user', parts: [{ type: 'text', text: 'hello' }] });
  await rejects(store.flush(draft.id, { timeoutMs: 100 }), 'timeout');
  equal(await committed(store, draft.id), 'saved');
  equal(textOf(await store.messages.get(draft.id)), 'saved and more');
  equal((await store.messages.list(session.id, { committed: true })).length, 1);
  equal(flushed, false);
  release();
  await flush;
  await created;
  equal(await committed(store, draft.id), 'saved and more');
  equal((await store.messages.list(session.id, { committed: true })).length, 2);
}

/** S5, C5 @type {Spec} */
export async function S5_withoutRoomNothingIsChangedAndItGoesOnLater({ open }) {
  const store = await open({ worker: failing });
  const { session, draft } = await startReply(store);
  const heard = listen(store);
  draft.appendText('before');
  await store.flush(draft.id);
  await setFault('quota');
  draft.appendText(' without room');
  await rejects(store.flush(draft.id), 'quota-exceeded');
  await rejects(store.sessions.create({ title: 'no room' }), 'quota-exceeded');
  equal(await committed(store, draft.id), 'before');
  equal(textOf(await store.messages.get(draft.id)), 'before without room');
  deepEqual((await store.sessions.list()).map(({ id }) => id), [session.id]);
  await setFault('');
  await draft.finish();
  await until(() => heard.events.some(({ type }) => type === 'storage-recovered'));
  equal(heard.events.filter(({ type }) => type === 'storage-error').length, 1);
  equal(await committed(store, draft.id), 'before without room');
  await store.close();
  const again = await open();
  deepEqual(again.recovered, []);
  equal(await committed(again, draft.id), 'before without room');
  deepEqual((await again.sessions.list()).map(({ title }) => title), ['Test']);
}

/** @type {Spec} */
export async function aLostConnectionIsOpenedAgain({ open }) {
  const store = await open({ worker: failing });
  const { draft } = await startReply(store);
  const heard = listen(store);
  for (const fault of /** @type {const} */ (['closed', 'aborted'])) {
    await setFault(fault);
    draft.appendText(`${fault} `);
    await store.flush(draft.id);
  }
  await draft.finish();
  ok(!heard.events.some(({ type }) => type === 'storage-error'), 'nobody has to hear of it');
  await store.close();
  equal(await committed(await open(), draft.id), 'closed aborted ');
}

/** @type {Spec} */
export async function aDatabaseDeletedUnderneathIsNotWrittenInto({ open, millrace, name, storage }) {
  // Not through `open`: it cannot be closed well.
  const store = await millrace.openStore({ name, storage });
  const { draft } = await startReply(store);
  await deleteDatabase(name);
  draft.appendText('to nowhere');
  const error = await rejects(store.flush(draft.id), 'io');
  ok(/deleted/.test(error.message), error.message);
  await rejects(store.close({ timeoutMs: 0 }), 'timeout');
  const again = await open();
  deepEqual(await again.sessions.list(), []);
}

/** The whole of a large message crosses, and comes back. @type {Spec} */
export async function manyBlocksSurvive({ open }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  const text = 'Grüße 😀 '.repeat(300_000);
  draft.appendText(text);
  await draft.finish();
  const { bytesWritten } = await store.stats();
  ok(bytesWritten > 3_000_000, String(bytesWritten));
  await store.close();
  const again = await open();
  equal(await committed(again, draft.id), text);
  await again.sessions.delete(session.id);
  await again.close();
  const last = await open();
  equal(await last.messages.get(draft.id), undefined);
  deepEqual(await last.sessions.list(), []);
}
