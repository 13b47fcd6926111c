import type { CoreStore } from '../core-module.js';
import type { OpenRequest, Opened } from '../protocol.js';
import { fromCore } from './wire-error.js';
import { loadCore } from './load-core.js';
import { openFiles } from './opfs.js';

export interface OpenedStore {
  readonly core: CoreStore;
  readonly storage: Opened['storage'];
  /** Drains, then closes, whatever was drained. Rejects with what kept it from being saved. */
  close(timeoutMs: number): Promise<void>;
}

/**
 * Opens the core on its files. 'auto' is OPFS as long as there is nothing else that lasts; a store in memory is only
 * ever made when asked for.
 */
export async function openStore(request: OpenRequest): Promise<OpenedStore> {
  const inMemory = request.storage === 'memory';
  const [module, opfs] = await bothOrNeither(loadCore(request.wasmUrl), inMemory ? undefined : openFiles(request.name));
  const { windowMs, mustDeliverTimeoutMs, mailboxCapacity } = request;
  const core = await new Promise<CoreStore>((resolve, reject) => {
    module.openStore(opfs?.files, { windowMs, mustDeliverTimeoutMs, mailboxCapacity }, (error, store) => {
      if (error) reject(fromCore(error));
      else resolve(store!);
    });
  }).catch((error: unknown) => {
    opfs?.release();
    throw error;
  });
  return {
    core,
    storage: inMemory ? 'memory' : 'opfs',
    close: (timeoutMs) => new Promise((resolve, reject) => {
      core.close(timeoutMs, (error) => {
        opfs?.release();
        if (error) reject(fromCore(error));
        else resolve();
      });
    }),
  };
}

/** Both at once; when the first fails, the second's files are given back. */
async function bothOrNeither<A, B extends { release(): void }>(first: Promise<A>, second?: Promise<B>): Promise<[A, B | undefined]> {
  const [a, b] = await Promise.allSettled([first, second]);
  if (b.status === 'rejected') throw b.reason;
  if (a.status === 'fulfilled') return [a.value, b.value];
  b.value?.release();
  throw a.reason;
}
