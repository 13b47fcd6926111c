import type { Connection } from '../calls/connection.js';
import type { DraftRegistry } from './draft-registry.js';
import type { Outbox } from './outbox.js';

/** What a draft needs of its store. */
export interface DraftHost {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly drafts: DraftRegistry;
}
