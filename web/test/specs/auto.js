// @ts-check
/** Which storage 'auto' picks, and that a store is found again where it was made. */
import { equal, rejects } from '../support/page/assert.js';

/** @import { Spec } from '../support/page/context.js' */

const withoutOpfs = () => new Worker('/support/workers/no-opfs.js', { type: 'module' });

/** @type {Spec} */
export async function S6_opfsIsPickedWhereItWorks({ open }) {
  const store = await open({ storage: 'auto' });
  equal(store.storage, 'opfs');
  equal((await store.stats()).storage, 'opfs');
}

/** @type {Spec} */
export async function S6_elseIndexedDb({ open }) {
  const store = await open({ storage: 'auto', worker: withoutOpfs });
  equal(store.storage, 'indexeddb');
  equal((await store.stats()).storage, 'indexeddb');
}

/** @type {Spec} */
export async function aStoreStaysWhereItWasMade({ open, millrace, name }) {
  const made = await open({ storage: 'auto', worker: withoutOpfs });
  const { id } = await made.sessions.create({ title: 'without OPFS' });
  await made.close();
  const found = await open({ storage: 'auto' });
  equal(found.storage, 'indexeddb');
  equal((await found.sessions.get(id))?.title, 'without OPFS');
  await found.close();
  await millrace.deleteStore(name);
  const anew = await open({ storage: 'auto' });
  equal(anew.storage, 'opfs');
  equal(await anew.sessions.get(id), undefined);
}

/** @type {Spec} */
export async function aStoreInOpfsIsNeverHiddenByAnEmptyOne({ open }) {
  const made = await open({ storage: 'opfs' });
  await made.sessions.create({ title: 'in OPFS' });
  await made.close();
  await rejects(open({ storage: 'auto', worker: withoutOpfs }), 'storage-unavailable');
  const found = await open({ storage: 'auto' });
  equal((await found.sessions.list())[0]?.title, 'in OPFS');
}
