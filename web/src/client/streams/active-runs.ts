/** What the streams of a page are to its store. */
import type { Run } from '../../api.js';
import type { ToPage } from '../../protocol.js';
import type { DraftHost } from '../drafts/draft-host.js';

/** What a stream needs of its store. */
export interface IngestHost extends DraftHost {
  /** The streams under way, by the id of their request. */
  readonly ingests: Map<number, WorkerStream>;
}

/** A stream under way. */
export interface ActiveRun extends Run {
  /** The Worker is gone: `done` rejects with this. */
  fail(error: Error): void;
}

/** One that the Worker reads: what the Worker says of it, by the type of its message. */
export interface WorkerStream extends ActiveRun {
  /** It wants a chunk. */
  pull(): Promise<void>;
  /** It has all it needs. */
  enough(): void;
  reconnect(told: Extract<ToPage, { type: 'reconnect' }>): Promise<void>;
  /** They are for the function that maps the stream. */
  pieces(told: Extract<ToPage, { type: 'pieces' }>): Promise<void>;
  /** Its draft is to be finished. */
  finish(told: Extract<ToPage, { type: 'finish' }>): Promise<void>;
  ingested(end: Extract<ToPage, { type: 'ingested' }>): void;
  lost(end: Extract<ToPage, { type: 'lost' }>): void;
}
