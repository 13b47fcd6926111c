// @ts-check
/** Calls that a page makes in one turn go to the Worker together, and share a transaction and a batch. */
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { listen, startReply, textOf } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */

/** @type {Spec} */
export async function C2_callsOfOneTurnShareATransaction({ open }) {
  const store = await open();
  const session = await store.sessions.create();
  const heard = listen(store, { types: ['created'] });
  const before = await store.stats();
  const made = await Promise.all(Array.from({ length: 500 }, (_, i) => store.messages.create(session.id, {
    id: `m${i}`, role: 'user', parts: [{ type: 'text', text: `message ${i}` }],
  })));
  const after = await store.stats();
  equal(after.commits - before.commits, 1, 'transactions:');
  ok((after.bytesWritten - before.bytesWritten) / made.length <= 2048, `bytes for each: ${(after.bytesWritten - before.bytesWritten) / made.length}`);
  deepEqual(heard.batches.map((batch) => batch.length), [500]);
  deepEqual((await store.messages.list(session.id)).map(textOf), made.map((_, i) => `message ${i}`));
}

/** @type {Spec} */
export async function C2_eachCallOfATurnHasItsOwnAnswer({ open, storage }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  const parts = [{ type: /** @type {const} */ ('text'), text: 'as it was' }];
  draft.appendText('text');
  const finished = draft.finish();
  const kept = store.messages.create(session.id, { id: 'kept', role: 'user', parts });
  const [first] = parts;
  if (first) first.text = 'changed after the call';
  const taken = store.messages.create(session.id, { id: 'kept', role: 'user' });
  const unsendable = store.messages.create(session.id, { role: 'user', parts: [/** @type {any} */ ({ type: 'custom', name: 'f', data: () => 1 })] });
  const other = store.sessions.create({ id: 'other' });
  const within = store.messages.create('other', { id: 'within', role: 'user' });
  const read = store.sessions.get('other');
  const gone = store.messages.delete(draft.id);
  await Promise.all([rejects(taken, 'invalid-argument'), rejects(unsendable, 'invalid-argument')]);
  await Promise.all([finished.catch(() => undefined), kept, other, within, gone]);
  // Where commits complete late, sessions show what is on disk.
  if (storage !== 'indexeddb') equal((await read)?.id, 'other', 'a read follows what was asked for before it:');
  deepEqual((await store.messages.list(session.id)).map(textOf), ['as it was']);
  equal((await store.messages.list('other')).length, 1);
}
