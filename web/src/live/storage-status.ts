/** Whether what is accepted is saved. */
import type { Store } from '../api.js';
import type { MillraceError } from '../errors.js';
import type { StoreEvent } from '../types.js';
import { Query } from './query.js';
import { shared } from './registry.js';
import type { LiveQuery } from './snapshot.js';

export interface StorageStatus {
  readonly storage: Store['storage'];
  /** Why saving fails at the moment. Nothing is lost while the page lives: what was accepted is saved once there is room again. */
  readonly error?: MillraceError;
}

/** It knows of the trouble that begins while somebody is subscribed: subscribe when the store opens, as `MillraceProvider` does. */
export function liveStorageStatus(store: Store): LiveQuery<StorageStatus> {
  return shared<StorageStatus, StorageStatusQuery>(store, 'storage-status', () => new StorageStatusQuery(store));
}

class StorageStatusQuery extends Query<StorageStatus> {
  constructor(store: Store) {
    super(store, { types: ['storage-error', 'storage-recovered'] });
  }

  protected async load(): Promise<StorageStatus> {
    return this.snapshot.value ?? { storage: this.store.storage };
  }

  protected apply(status: StorageStatus, events: readonly StoreEvent[]): StorageStatus {
    for (const event of events) {
      if (event.type === 'storage-error') status = { ...status, error: event.error };
      if (event.type === 'storage-recovered') status = { storage: status.storage };
    }
    return status;
  }

  protected keep(read: StorageStatus): StorageStatus { return read; }
}
