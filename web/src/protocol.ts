/**
 * Everything that crosses between the page and the Worker.
 *
 *   page                                   Worker
 *    │── open, or delete-store ──────────────▶│  answered by `reply`
 *    │── call (one of `Calls`) ──────────────▶│  answered by `reply`
 *    │── write (a draft's outbox) ───────────▶│  answered by `reply` when `id` is set, else only on failure
 *    │── subscribe / credit / unsubscribe ───▶│
 *    │◀───────────────── batch (costs a credit)│  at most CREDITS under way (B7)
 *    │◀──────────────────────── others-wrote ──│  to a draft: its copy lacks the changes of others
 *    │── ingest ─────────────────────────────▶│  `reply` once the message is saved
 *    │── source ─────────────────────────────▶│  only if it was not there yet
 *    │◀─────────────────────── pieces, finish ──│  only if a function of the page maps it; answered by `mapped`
 *    │── chunk / end / fail ─────────────────▶│  only for sources that cannot be transferred;
 *    │◀──────────────────────────────── pull ──│  one chunk per pull
 *    │── abort ──────────────────────────────▶│
 *    │◀──────────────────────────── ingested ──│  the finished message is durable
 *    │── put-blob / get-blob ────────────────▶│  answered by `reply`
 *
 *    │◀──────────────────────────── trapped ──│  the core can run no more, and the Worker has ended itself
 *
 * Messages of one direction arrive in the order they were sent. What one side says in one turn crosses as one array: the
 * Worker does such calls in one turn of the core, so that they share a transaction, and each has an answer of its own.
 */
import type { ResumePoint } from './api.js';
import type { Calls, Method, WireReply } from './calls.js';
import type { CoreError, WireEvent, WireMutation } from './core-module.js';
import type { ErrorCode } from './errors.js';
import type { EventFilter, Message, StreamEvent, Usage } from './types.js';

/** A MillraceError by value. */
export interface WireError {
  code: ErrorCode; message: string;
  status?: number; body?: string; providerType?: string; retryAfterMs?: number;
}

/** Batches under way to one page: while it is busy with two, changes conflate in the Worker. */
export const CREDITS = 2;

export interface OpenRequest {
  name: string;
  storage: 'auto' | 'opfs' | 'indexeddb' | 'memory';
  windowMs?: number | undefined; mustDeliverTimeoutMs?: number | undefined; mailboxCapacity?: number | undefined;
  wasmUrl?: string;
  /** The Web Lock that the Worker holds as long as it lives. */
  lifeLock?: string;
}
export interface Opened {
  storage: 'opfs' | 'indexeddb' | 'memory';
  recovered: { messageId: string; sessionId: string }[];
  /** This opening made the files. */
  fresh: boolean;
}

/** `again`: it was sent to an earlier leader, which may have done it. */
export type Call = { [M in Method]: { type: 'call'; id: number; method: M; args: Parameters<Calls[M]>; again?: boolean } }[Method];

/** Who of a tab's page was writing when the leader went. */
export interface ResumedWriter { writer: string; messageId: string; stream: boolean; run: number }

/** What a tab had under way with an earlier leader, to go on with the next one. */
export interface Resumed {
  runs: { run: number; sessionId: string }[];
  writers: ResumedWriter[];
  /** Messages that the page has heard of and that were unfinished then. */
  unfinished: { messageId: string; sessionId: string }[];
}

/** Where a reply comes from, as far as it can be sent. */
export type WireSource =
  /** A body handed over whole (`postMessage` transfers it). */
  | { kind: 'stream'; body: ReadableStream<Uint8Array> }
  /** The Worker makes the request. `init` without `signal`. */
  | { kind: 'request'; url: string; init?: RequestInit }
  /** The page pumps: one `chunk` per `pull`. */
  | { kind: 'pump' }
  /** The page does not have it yet: `source` brings it, or `fail` says that there is none. */
  | { kind: 'later' }
  /** A response. */
  | { kind: 'response'; answer: Answer; body: WireSource };

/** What the head of a response says. */
export interface Answer { status: number; statusText: string; type: string; headers: [string, string][] }

/** What the function of a mapped stream is called with: a text, or a whole event. */
export type Piece = string | StreamEvent;

export interface IngestRequest {
  reply: WireReply;
  /** `events`: a function of the page maps it, and this is what it is given. */
  format: string | { events: 'sse' | 'ndjson' | 'text' };
  source: WireSource;
  /** When the connection is cut: how often in a row the page is asked for another. Undefined: never. */
  attempts?: number;
}

/** Of blobs: for the Worker of the page itself, whoever leads. Each is answered by `reply`; `abort` ends a put. */
export type BlobRequest =
  | { type: 'put-blob'; id: number; source: Blob | ReadableStream<Uint8Array>; mediaType: string }
  | { type: 'get-blob'; id: number; blob: string };

export type ToWorker =
  | BlobRequest
  /** `again`: the page has had it open, by an earlier leader, and knows what was recovered then. */
  | { type: 'open'; id: number; request: OpenRequest; again?: boolean }
  /** Instead of `open`. Replied with nothing once the database is gone; 'in-use' while a tab has it open. */
  | { type: 'delete-store'; id: number; name: string }
  | Call
  /** `others`: how many versions of other writers the draft knows of, beside those that it counts itself. */
  | {
    type: 'write'; id?: number; messageId: string; writer: string; version: number; others: number; mutations: WireMutation[];
    /** Of a stream that ends. */
    usage?: Usage;
    /** Of a stream: where it is, after the mutations; JSON text of an object. */
    resume?: string;
  }
  /** `filters`: what the listeners of the page want, one of them at least. Again while subscribed: they have changed. */
  | { type: 'subscribe'; filters: EventFilter[] } | { type: 'unsubscribe' } | { type: 'credit'; count: number }
  /** The page no longer holds its copy of this message. */
  | { type: 'forget'; messageId: string }
  /** `id` also names the ingest in the messages below. Replied with `Message` as saved. */
  | { type: 'ingest'; id: number; request: IngestRequest }
  | { type: 'source'; ingest: number; source: WireSource }
  /** To `reconnect`. Neither: it gives up. */
  | { type: 'reconnected'; ingest: number; source?: WireSource | undefined; error?: WireError }
  | { type: 'chunk'; ingest: number; chunk: Uint8Array | string }
  | { type: 'end'; ingest: number }
  | { type: 'fail'; ingest: number; error: WireError }
  /** The answer to `pieces` and `finish`. `more`: the next pieces are wanted. `error`: what the function threw, or why the draft could not be finished. */
  | { type: 'mapped'; ingest: number; more: boolean; error?: WireError }
  | { type: 'abort'; ingest: number; reason: string }
  /** An event of the page's life: it may stop running, or runs again. */
  | { type: 'page-event'; event: string; persisted: boolean | undefined };

/** What a host is told by its clients: by its own page, and by the Workers of other tabs for theirs. */
export type ToHost = Exclude<ToWorker, BlobRequest | { type: 'ingest' } | { ingest: number }>
  /** The first of all, to a new leader. */
  | { type: 'resume'; resumed: Resumed };

export type ToPage =
  | { type: 'reply'; id: number; value: unknown }
  | { type: 'reply'; id: number; error: WireError }
  /** A write without an `id` failed: the draft rejects what comes next with it. */
  | { type: 'write-failed'; messageId: string; writer: string; error: WireError }
  /** Others have changed the message too, since the draft was last shown all of it. */
  | { type: 'others-wrote'; writer: string }
  | { type: 'batch'; events: WireEvent[] }
  | { type: 'pull'; ingest: number }
  /** Stop pumping: the reply ended by itself. */
  | { type: 'enough'; ingest: number }
  /** The connection was cut: where is another one? */
  | { type: 'reconnect'; ingest: number; point: ResumePoint; attempt: number }
  /** For the function of a mapped stream, in their order. */
  | { type: 'pieces'; ingest: number; pieces: readonly Piece[] }
  /** The mapped stream has ended, with that error if there is one: its draft is to be finished. */
  | { type: 'finish'; ingest: number; error?: WireError }
  | { type: 'ingested'; ingest: number; message: Message; error?: WireError; usage?: Usage }
  /** The ingest could not be finished durably. */
  | { type: 'lost'; ingest: number; error: WireError }
  /** The module trapped (memory, stack). It is never called again: the Worker ends, and whatever is pending fails. */
  | { type: 'trapped'; error: WireError };

/** What a host tells its clients. */
export type FromHost = Exclude<ToPage, { ingest: number }>
  /** What each writer has written is saved up to before that version, as it counts. */
  | { type: 'saved'; writers: Record<string, number> };

export type { CoreError };
