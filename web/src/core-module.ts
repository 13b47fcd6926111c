/**
 * What the two WebAssembly modules offer to the Worker: the methods in the tables of `wasm/bindings.cpp` and
 * `wasm/streams_bindings.cpp`, typed.
 * Values cross as the public types of the package (camelCase objects); ids are strings.
 *
 * Every call is one turn of the core. A `Callback` is called exactly once, during the call or later,
 * and must not throw.
 */
import type { CoreCalls, CoreMethod } from './calls.js';
import type { ErrorCode } from './errors.js';
import type { BlobInfo, EventFilter, FinishReason, Message, Metadata, Part, Role, Session, StreamEvent, ToolCallPart, Usage } from './types.js';

export interface CoreError { code: ErrorCode; message: string }
export type Callback<T> = (error: CoreError | null, value?: T) => void;

/** What a draft does to its message. */
export type DraftMutation =
  | { op: 'appendText'; text: string; refusal?: boolean; part?: string }
  | { op: 'appendReasoning'; text: string; part?: string }
  | { op: 'endReasoning'; signature?: string; part?: string }
  | { op: 'putToolCall'; call: Pick<ToolCallPart, 'id' | 'name' | 'approval' | 'extra'> & Partial<Pick<ToolCallPart, 'input' | 'finished' | 'providerExecuted'>> }
  | { op: 'appendToolInput'; toolCallId: string; text: string }
  | { op: 'finishToolCall'; toolCallId: string }
  | { op: 'addPart'; part: Part }
  | { op: 'reset'; from?: number }
  | { op: 'finish'; reason: FinishReason; message?: string; details?: string };

/** A mutation on the wire: a draft or a stream reader makes it, `wasm/mutation_reader.cpp` reads it. */
export type WireMutation = DraftMutation | { op: 'setMetadata'; patch: Metadata };

/** What was done to a message, resolved to part indexes: apply mechanically, in order. */
export type PatchOp =
  | { op: 'append'; part: number; text: string }
  | { op: 'put'; part: number; value: Part; keepBody: boolean }
  | { op: 'truncate'; size: number }
  | { op: 'header'; model?: string; provider?: string; isSummary: boolean; finishedAt?: number }
  /** What the application and the provider say. `metadata` null: none any more. */
  | { op: 'notes'; metadata?: Metadata | null; usage?: Usage };

export interface WirePatch { fromVersion: number; toVersion: number; updatedAt: number; ops: PatchOp[] }

export type WireEvent =
  | { type: 'created'; message: Message }
  | { type: 'updated'; id: string; sessionId: string; terminal: boolean; saved: boolean; finished: boolean;
      /** Exactly one of the two. */
      patch?: WirePatch; message?: Message }
  | { type: 'deleted'; sessionId: string; messageIds: string[] }
  | { type: 'session-created' | 'session-updated'; session: Session }
  | { type: 'session-deleted'; sessionId: string }
  | { type: 'lagged'; dropped: number; messageIds: string[] }
  | { type: 'storage-error'; error: CoreError }
  | { type: 'storage-recovered' }
  /** Of the Worker, not of the core: who leads now. */
  | { type: 'role'; role: 'leader' | 'follower' };

export interface CoreOptions {
  windowMs?: number | undefined; mustDeliverTimeoutMs?: number | undefined; mailboxCapacity?: number | undefined;
  /** The tab that has the store open: no receipts are kept for it. */
  home?: string;
  /** Where the files are: an origin and a name. Files that were copied to another place are another replica. */
  place: string;
}

/** On whose behalf a call is made: a tab that may make it again to the next one that opens the store. */
export interface CoreCaller {
  client: string;
  /** The number of the call; left out for writes, which their writers count. */
  call?: number;
  /** It was made before, to an earlier opening of the store. */
  again?: boolean;
}

export interface StreamEnd {
  /** Set when the stream failed. */
  error?: CoreError & { providerType?: string };
  usage?: Usage;
  skippedLines: number;
}

export interface StreamFile { mediaType: string; bytes: Uint8Array<ArrayBuffer> }

/** Reads one reply: bytes in, mutations of its message out. Free with `delete()`. */
export interface CoreReader {
  /** Each of these gives the mutations that are new. */
  feed(bytes: Uint8Array): WireMutation[];
  /** The connection was cut, and another one follows. `parts`: those that the message has by now. */
  reconnect(parts: readonly Part[]): void;
  /** The head of the response says so: the next one of a durable stream begins at `offset`, unless the stream is closed. */
  endsAtOffset(offset: string, closed: boolean): void;
  /** The body is complete. True: the stream goes on in another one, at its newest offset. */
  endOfBody(): boolean;
  /** What a later connection needs, as JSON. `forLater`: for a reader that will know the parts only. */
  point(forLater: boolean): string;
  /** The body ended. */
  finish(): WireMutation[];
  /** The body failed; the code 'aborted' finishes as canceled, any other as error. */
  fail(error: CoreError): WireMutation[];
  /** The reply has ended, and at most counts of tokens are expected: some servers never close the connection. */
  ending(): boolean;
  /** A file that came in the reply and waits to be stored; what follows it waits too. To be asked after each call. */
  file(): StreamFile | undefined;
  /** It is stored as this blob; undefined: it could not be, and stays in the message. */
  fileStored(blob: string | undefined): WireMutation[];
  /** The reply has ended; the last mutation was its finish. */
  done(): boolean;
  /** REQUIRES: `done()`. */
  end(): StreamEnd;
  delete(): void;
}

/** Cuts a body into events. Free with `delete()`. */
export interface CoreFramer {
  /** Each of these gives the events that are whole by then. */
  feed(bytes: Uint8Array): StreamEvent[];
  finish(): StreamEvent[];
  /** An event is longer than any provider's: nothing more comes. */
  tooLong(): boolean;
  delete(): void;
}

/** The module that reads streams. It knows nothing of the store. */
export interface StreamsModule {
  /**
   * Null for a format that it does not know. `parts`: those that the message has already. `point`: what was saved with them; '': a
   * new reply begins. `merges`: neighbouring deltas of what comes together become one.
   */
  openReader(format: string, parts: readonly Part[], point: string, merges: boolean): CoreReader | null;
  /** 'ndjson': each line is an event. */
  openFramer(kind: 'sse' | 'ndjson'): CoreFramer;
}

/**
 * The content of blobs in an exported file. Each call is over when it returns, and has called `done`. Freed with `delete()`; its
 * file must stay open until then.
 */
export interface CoreArchive {
  /** The blobs that messages of the file name. */
  named(done: Callback<BlobInfo[]>): void;
  /** The next piece of a blob. All pieces of one blob come before those of the next. */
  add(blob: string, bytes: Uint8Array, done: Callback<void>): void;
  /** The next blob that has pieces, undefined after the last one. Its content is unknown. What is left of the one before is skipped. */
  nextBlob(done: Callback<BlobInfo | undefined>): void;
  /** The next piece of that blob; undefined after the last one. */
  nextPiece(done: Callback<Uint8Array | undefined>): void;
  delete(): void;
}

/** The SHA-256 of bytes that come piece by piece. */
export interface CoreHash {
  update(bytes: Uint8Array): void;
  /** In lower-case hexadecimal; the last call but `delete`. */
  digest(): string;
  delete(): void;
}

/** A page's subscription: `deliver` is called with one batch per window while there is credit. */
export interface CoreFeed {
  grant(credits: number): void;
  /** The page lost or dropped its copy of the message: the next event carries it whole. */
  forget(messageId: string): void;
  setFilters(filters: EventFilter[]): void;
  delete(): void;
}

export interface CoreStore {
  /**
   * What is called between these is one turn: changes share a transaction and a batch. Each begin has its end. REQUIRES:
   * no turn is open.
   */
  beginTurn(): void;
  endTurn(): void;

  /** Finished as 'interrupted' while opening. */
  recovered(): { messageId: string; sessionId: string }[];

  /** Clients that live and have receipts, as of the opening. */
  clients(): string[];

  /** Answers a call of the table. `caller` undefined: the store's own tab. */
  call<M extends CoreMethod>(
    method: M, args: Parameters<CoreCalls[M]>, done: Callback<ReturnType<CoreCalls[M]>>, caller: CoreCaller | undefined,
  ): void;
  /** `done` when durable if one of them is terminal, else when accepted; value: the version reached. */
  write(
    id: string, writer: string, version: number, mutations: WireMutation[], done: Callback<number>,
    others: { caller?: CoreCaller; usage?: Usage; resume?: string } | undefined,
  ): void;
  /** Makes `into` a SQLite file of everything accepted before the call. */
  exportTo(into: SyncFile, done: Callback<void>): void;
  importFrom(file: SavedFile, done: Callback<{ sessions: number; messages: number }>, caller: CoreCaller | undefined): void;

  /** Hears what passes one of the filters. */
  subscribe(filters: EventFilter[], deliver: (events: WireEvent[]) => void, credits: number): CoreFeed;

  /** Frees the core, and leaves its files as they are. After the call `close` or `handOver` completed. */
  delete(): void;
}

/** A file as it was saved. Every call is over when it returns. */
export interface SavedFile {
  read(buffer: Uint8Array, options: { at: number }): number;
  getSize(): number;
}

/** What the core uses of a `FileSystemSyncAccessHandle`, a type that only Workers know. */
export interface SyncFile extends SavedFile {
  write(buffer: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
}

/** What one commit changed: of database, write-ahead log and journal, the size and the blocks of 4096 bytes written to. */
export interface BlockChange {
  /** To survive power loss; else the death of the process. */
  strict: boolean;
  files: { size: number; blocks: { index: number; bytes: Uint8Array }[] }[];
}

/** The end of a commit, told to the core: `done` once, then `delete()`. */
export interface CoreCommit {
  done(error: CoreError | null): void;
  delete(): void;
}

/** The three files of a database. */
export type CoreFiles =
  /** Written in place. */
  | { database: SyncFile; wal: SyncFile; journal: SyncFile }
  /** Kept in memory by the core; each commit saves what it changed. */
  | { database: SavedFile; wal: SavedFile; journal: SavedFile; commit(change: BlockChange, pending: CoreCommit): void };

export interface CoreModule {
  /** `files` undefined: in memory. */
  openStore(files: CoreFiles | undefined, options: CoreOptions, done: Callback<CoreStore>): void;
  openHash(): CoreHash;
  /** `file`: as `exportTo` made it. */
  openArchiveToWrite(file: SyncFile, done: Callback<CoreArchive>): void;
  /** `file`: of unknown content. */
  openArchiveToRead(file: SavedFile, done: Callback<CoreArchive>): void;
}

export type { Role };
