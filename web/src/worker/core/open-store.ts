import type { CoreFiles, CoreModule, CoreStore } from '../../core-module.js';
import type { OpenRequest, Opened } from '../../protocol.js';
import { openBackend, type Backend } from '../storage/backend.js';
import type { HeldLock } from '../storage/store-lock.js';
import { asked } from './asked.js';
import type { CoreGuard } from './core-guard.js';

export interface OpenedStore {
  readonly core: CoreStore;
  readonly storage: Opened['storage'];
  /** There were no files, or empty ones. */
  readonly fresh: boolean;
  /**
   * Other tabs that live, and had unfinished messages or calls under way when it was opened. Resolves once what those that do not
   * live left unfinished is interrupted. Never rejects.
   */
  readonly owners: Promise<readonly string[]>;
  /** Drains, then closes, whatever was drained. Rejects with what kept it from being saved. */
  close(timeoutMs: number): Promise<void>;
  /** Leaves the files as they are, as a crash does: what is saved is in them. REQUIRES: nothing of the core is used any more. */
  letGo(): Promise<void>;
}

/** Starts the core, undefined: from where it lies beside the Worker. */
export type LoadCore = (wasmUrl?: string) => Promise<CoreModule>;

/** What a store is told that other tabs may have open too. */
export interface AmongTabs {
  /** The name of this tab. */
  readonly home: string;
  /** The names of those that live, this one among them. */
  living(): Promise<readonly string[]>;
  /** The store's lock. */
  readonly lock: HeldLock;
}

/** Opens the core on its files. Whatever calls into it goes through `guard`. Without `tabs` it takes the store's lock itself. */
export async function openStore(request: OpenRequest, loadCore: LoadCore, guard: CoreGuard, tabs?: AmongTabs): Promise<OpenedStore> {
  // The backend first: what it asks the browser for is on its way while this thread starts the core.
  const opening = openBackend(request, tabs?.lock);
  const [module, backend] = await bothOrNeither(loadCore(request.wasmUrl), opening);
  const fresh = isEmpty(backend.files);
  const { windowMs, mustDeliverTimeoutMs, mailboxCapacity } = request;
  const place = `${globalThis.location?.origin ?? ''}/${request.name}`;
  const options = { windowMs, mustDeliverTimeoutMs, mailboxCapacity, place, ...(tabs && { home: tabs.home }) };
  try {
    const core = guard.guard(await asked<CoreStore>((done) => {
      guard.guard(module).openStore(guardedFiles(backend.files, guard), options, done);
    }));
    return {
      core, storage: backend.storage, fresh, owners: endDead(core, tabs).catch(() => []),
      close: (timeoutMs) => close(core, backend, timeoutMs),
      letGo() {
        core.delete();
        return backend.release();
      },
    };
  } catch (error) {
    await backend.release();
    throw error;
  }
}

async function close(core: CoreStore, backend: Backend, timeoutMs: number): Promise<void> {
  try {
    await asked<void>((done) => core.call('close', [timeoutMs], done, undefined));
  } finally {
    await backend.release();
  }
}

/**
 * What tabs that do not live left unfinished is interrupted; gives those that live. They are only asked for where it matters: the
 * question alone makes Chromium end the pages in its cache that hold a lock.
 */
async function endDead(core: CoreStore, tabs: AmongTabs | undefined): Promise<string[]> {
  const clients = core.clients().filter((client) => client !== tabs?.home);
  if (clients.length === 0) return [];
  const living = new Set(await tabs?.living());
  for (const client of clients) if (!living.has(client)) await ended(core, client);
  return clients.filter((client) => living.has(client));
}

function ended(core: CoreStore, client: string): Promise<void> {
  return new Promise((resolve) => core.call('endClient', [client], () => resolve(), undefined));
}

function isEmpty(files: CoreFiles | undefined): boolean {
  return [files?.database, files?.wal, files?.journal].every((file) => !file?.getSize());
}

/** The end of a commit is told to the core as well. */
function guardedFiles(files: CoreFiles | undefined, guard: CoreGuard): CoreFiles | undefined {
  if (!files || !('commit' in files)) return files;
  return { ...files, commit: (change, pending) => files.commit(change, guard.guard(pending)) };
}

/** Both at once; when the first fails, what the second opened is given back. */
async function bothOrNeither<A>(first: Promise<A>, second: Promise<Backend>): Promise<[A, Backend]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (b.status === 'rejected') throw b.reason;
  if (a.status === 'fulfilled') return [a.value, b.value];
  await b.value.release();
  throw a.reason;
}
