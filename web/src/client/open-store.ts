/** `openStore` and `deleteStore`: which store of the page belongs to a name. */
import type { OpenOptions, Store } from '../api.js';
import { MillraceError } from '../errors.js';
import type { Opened } from '../protocol.js';
import { startWorker } from '../start-worker.js';
import { Connection } from './calls/connection.js';
import { mark } from './marker.js';
import { closedError, SharedStore } from './shared-store.js';
import { StoreHandle } from './store-handle.js';
import { absoluteUrl, check, checkDuration, checkFields, checkFunction, checkId, checkOptionalId, invalid, oneOf } from './calls/validate.js';

const DEFAULT_NAME = 'millrace';

/** The stores of this page. One stays until its Worker is gone. */
const stores = new Map<string, SharedStore>();

/**
 * Opens the store of that name, creating it if need be.
 *
 * Rejects with 'storage-unavailable' where there is no Worker, neither OPFS nor IndexedDB, or the
 * Worker cannot be loaded; 'timeout' if the tab that has it open does not answer for 10 s; 'corrupt', 'newer-schema' or 'io' for what is
 * wrong with the files; 'invalid-argument'. Never falls back to memory.
 */
export async function openStore(options: OpenOptions = {}): Promise<Store> {
  checkOptions(options);
  const { name = DEFAULT_NAME, storage = 'auto', persist = false } = options;
  for (let there = stores.get(name); there?.going; there = stores.get(name)) await there.gone;
  const store = stores.get(name) ?? start(name, options);
  store.users += 1;
  try {
    const opened = await store.opened;
    checkSameStorage(name, storage, opened);
    // Not awaited: some browsers ask the user first.
    if (persist) void navigator.storage?.persist?.().catch(() => undefined);
    return new StoreHandle(store, opened);
  } catch (error) {
    await store.release(0).catch(() => undefined);
    throw error;
  }
}

/** Deletes a database; rejects with 'in-use' while a tab has it open. Nothing to delete is no error. */
export async function deleteStore(name: string): Promise<void> {
  checkId('The name of a store', name);
  for (let there = stores.get(name); there; there = stores.get(name)) {
    if (!there.going) throw new MillraceError('in-use', `The store "${name}" is open in this page: close it first`);
    await there.gone;
  }
  const connection = new Connection(startWorker(), { beforeCall() {}, notice() {}, failed() {} });
  try {
    await connection.request({ type: 'delete-store', id: connection.nextId(), name });
    mark(name, '');
  } finally {
    connection.end(closedError(name));
  }
}

function start(name: string, options: OpenOptions): SharedStore {
  const { storage = 'auto', windowMs, mustDeliverTimeoutMs, mailboxCapacity, wasmUrl } = options;
  // The core has the defaults of the rest.
  const request = {
    name, storage, windowMs, mustDeliverTimeoutMs, mailboxCapacity, wasmUrl: wasmUrl && absoluteUrl('wasmUrl', wasmUrl),
  };
  const store = new SharedStore(startWorker(options.worker), request);
  stores.set(name, store);
  void store.gone.then(() => stores.delete(name));
  return store;
}

function checkSameStorage(name: string, asked: string, { storage }: Opened): void {
  if (asked === storage || (asked === 'auto' && storage !== 'memory')) return;
  throw invalid(`The store "${name}" is open with storage "${storage}", not "${asked}"`);
}

const OPTIONS = [
  'name', 'storage', 'windowMs', 'mustDeliverTimeoutMs', 'mailboxCapacity', 'persist', 'worker', 'wasmUrl',
] as const satisfies readonly (keyof OpenOptions)[];

function checkOptions(options: OpenOptions): void {
  checkFields('openStore', options, OPTIONS);
  const { name, storage, windowMs, mustDeliverTimeoutMs, mailboxCapacity = 1, worker } = options;
  checkOptionalId('The name of a store', name);
  if (storage !== undefined) oneOf('storage', storage, ['auto', 'opfs', 'indexeddb', 'memory']);
  checkDuration('windowMs', windowMs, -Infinity);
  checkDuration('mustDeliverTimeoutMs', mustDeliverTimeoutMs, 0);
  check(Number.isSafeInteger(mailboxCapacity) && mailboxCapacity > 0, 'mailboxCapacity', 'a whole number from 1 on', mailboxCapacity);
  if (worker !== undefined) checkFunction('worker', worker);
}
