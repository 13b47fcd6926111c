/**
 * The objects of the public contract: the store and what it hands out. Types only.
 * Longer than the norm because whoever reads one of them needs the others.
 *
 * Every promise of this package rejects with a `MillraceError`, and so does every synchronous throw.
 *
 * Calls that are made in one turn of the page go to the Worker together: their changes share a transaction, and each still
 * has an answer of its own. What a call is given is copied when it is made.
 *
 * Limits, so that nothing outgrows the memory of the core: one call hands over up to 64 Mi characters of text and bytes of
 * binary data, one part holds up to 64 MiB of UTF-8, one event of a stream is up to 32 MiB. More is 'invalid-argument', of a
 * stream 'protocol'. If the core runs out of memory or stack all the same, or its Worker ends, every call under way and
 * every later one rejects with 'internal'; opening the store again works, with everything that was acknowledged.
 */
import type {
  BlobInfo, EventFilter, FinishReason, Listener, Message, Metadata, NewMessage, Part, Role, SearchPage, SearchOptions, Session, StreamEvent, ToolCallPart,
  Usage,
} from './types.js';

/**
 * A message being written. Deltas are synchronous and cheap; the promises resolve once the change is durable.
 * After the message is finished the deltas throw, and the promises of changes reject, with code 'finished';
 * after it was deleted with 'not-found'. A delta that ends between two surrogates is completed by the next one;
 * a surrogate that stays alone is stored as U+FFFD.
 *
 * Ordering: changes are applied in the order of the calls. If one is refused (the message was deleted, or finished
 * by somebody else), every later call on the draft throws or rejects with that error. What others write to the message
 * meanwhile is no conflict: both stay.
 */
export interface Draft {
  readonly id: string;
  /**
   * The newest state that this page knows, pending deltas included. Built when asked for; the same object until something
   * changes. It shows a `messages.update` of this page as soon as that resolves, and what else changed the message with the
   * answer to the draft's next write, or with an event that a listener of this page hears.
   */
  readonly message: Message;
  /**
   * Appends to the last part if it is text, otherwise starts a new text part, so the order of parts is the order of the
   * stream. With `part`, appends to the text part of that id, wherever it stands, or starts it.
   */
  appendText(delta: string, options?: { part?: string }): void;
  /** The same for reasoning. A section that has ended takes no more: the next delta starts a new part. */
  appendReasoning(delta: string, options?: { part?: string }): void;
  /** Ends the last open section of reasoning, or the one of the id `part`. If there is none, nothing changes. */
  finishReasoning(signature?: string, options?: { part?: string }): Promise<void>;
  /** Adds the call, or replaces the one with the same id. */
  putToolCall(call: {
    id: string; name: string; input?: string; finished?: boolean; providerExecuted?: boolean;
    approval?: NonNullable<ToolCallPart['approval']>; extra?: Readonly<Record<string, unknown>>;
  }): Promise<void>;
  /** Throws 'not-found' if the message has no such call. */
  appendToolInput(toolCallId: string, delta: string): void;
  /** Rejects with 'not-found' if the message has no such call. */
  finishToolCall(toolCallId: string): Promise<void>;
  /**
   * Saved at once, whatever the part. A finish part finishes the message. A tool call, and a text, reasoning or custom part
   * with an `id`, takes the place of the one with the same id and type (and `name`, if it is custom); a tool result that of a
   * preliminary result of the same call.
   */
  addPart(part: Part): Promise<void>;
  /** Drops the parts written so far, or those from the index `from` on: a provider's retry starts the reply, or its step, over. */
  reset(options?: { from?: number }): Promise<void>;
  /** A merge patch of the message's metadata; coalesced like a delta. `message` shows it once the Worker has answered. */
  setMetadata(patch: Metadata): void;
  /** `reason`: default 'end_turn'. `usage`: the message's; the session's sums change with it, in the same commit. */
  finish(reason?: FinishReason, info?: { message?: string; details?: string; usage?: Usage }): Promise<void>;
  /** Resolves when everything written before the call is durable; on a finished message too. */
  flush(): Promise<void>;
}

export interface Messages {
  /**
   * Durable when it resolves. A message of role other than assistant is finished from the start. It becomes the session's
   * head. To answer again, create with the same `parentId`; to edit, with the `parentId` of the edited message.
   */
  create(sessionId: string, init: NewMessage): Promise<Draft>;
  /**
   * All or none, in one transaction, each the child of the one before unless it says otherwise: history from elsewhere.
   * Finished, whatever the role.
   */
  createAll(sessionId: string, messages: readonly NewMessage[]): Promise<Message[]>;
  /**
   * Goes on with an unfinished message. With `resume`, also with one finished as 'interrupted', 'canceled' or
   * 'error': its finish part is taken off, the only way a message is ever un-finished. Else rejects with 'finished'.
   */
  open(id: string, options?: { resume?: boolean }): Promise<Draft>;
  /**
   * The whole new state, the classic way to stream: resolves with it when accepted; if the update is terminal, when durable.
   * Rejects with 'stale' if the message has changed since `message.version`, whoever did that, and the update would drop
   * some of it; one that only adds to what is there (text that grew, parts, a finish) is fine. Rejects with 'finished' if
   * it would un-finish it, with 'not-found' if there is none.
   */
  update(message: Message): Promise<Message>;
  /** A merge patch, of a finished message too (a rating, a note). Resolves when it is saved, with the next window. */
  setMetadata(id: string, patch: Metadata): Promise<Message>;
  /** Newest accepted state; with `committed` only what is saved. */
  get(id: string, options?: { committed?: boolean }): Promise<Message | undefined>;
  /**
   * The path that is shown, from the session's beginning to its head (`head`: to that message instead), each after its
   * parent. `all`: every message of the session, in the order of creation. `limit` alone gives the newest so many; with
   * `before` (a message id) those just before it, on whatever path it is, with `after` those just after it. Both at once:
   * 'invalid-argument'; an unknown id, or an `after` that is not on the path: 'not-found'.
   */
  list(sessionId: string, options?: {
    limit?: number; before?: string; after?: string; committed?: boolean; head?: string; all?: boolean;
  }): Promise<Message[]>;
  /** Where the session branches: of each parent (null: the beginning) with more than one child, the children in the order of creation. */
  branches(sessionId: string): Promise<{ parentId: string | null; messageIds: string[] }[]>;
  /** Messages of role user, newest first: of one session, or of all. */
  listUser(sessionId?: string, options?: { limit?: number }): Promise<Message[]>;
  /** Of the path that is shown. */
  lastAssistant(sessionId: string): Promise<Message | undefined>;
  /**
   * Durable when it resolves. Nothing to delete is no error. Its children become those of its parent; with `branch` they go
   * with it, and all that follow them.
   */
  delete(id: string, options?: { branch?: boolean }): Promise<void>;
  deleteAll(sessionId: string): Promise<void>;
}

/** Every change is durable when its promise resolves. */
/** Files beside the messages. A message names one in a part of type 'file'. The same content is there once. */
export interface Blobs {
  /**
   * Streamed to disk: memory does not grow with the size. Durable when it resolves. `mediaType`: default that of a Blob, else
   * 'application/octet-stream'; of content that is there already the first one stays. A stream is consumed. Rejects with
   * 'aborted', 'quota-exceeded', or 'io' if the content cannot be read or written.
   */
  put(data: Blob | ArrayBuffer | Uint8Array | ReadableStream<Uint8Array>, options?: { mediaType?: string; signal?: AbortSignal }): Promise<BlobInfo>;
  /** Backed by the file, where the browser can: nothing is read before it is asked for. Undefined: there is none. */
  get(id: string): Promise<Blob | undefined>;
  info(id: string): Promise<BlobInfo | undefined>;
  /** All that are there. A blob that no message of any branch names goes an hour after it was put, or last named. `bytes`: their sizes. */
  usage(): Promise<{ count: number; bytes: number }>;
}

export interface Sessions {
  /** `createdAt`: for history from elsewhere; default now. */
  create(init?: { id?: string; title?: string; parentId?: string; metadata?: Metadata; createdAt?: number }): Promise<Session>;
  get(id: string): Promise<Session | undefined>;
  /**
   * Most recently updated first. `before`: those after that session in this order, exact while sessions come and go;
   * 'not-found' if there is no such session. `archived`: false (default) without them, true only them, 'all'. `query`: titles
   * that have all its words, as `search` takes them.
   */
  list(options?: { limit?: number; before?: string; parentId?: string; archived?: boolean | 'all'; query?: string }): Promise<Session[]>;
  /** `metadata` is a merge patch. */
  update(id: string, change: Partial<Pick<
    Session, 'title' | 'promptTokens' | 'completionTokens' | 'cost' | 'summaryMessageId' | 'archived' | 'metadata'
  >>): Promise<Session>;
  /** Shows the path through that message, down to where it was last shown below it (else its newest leaf). */
  switchTo(sessionId: string, messageId: string): Promise<Session>;
  /** A new session with copies of the path up to that message. Default title: that of the session. Its sums begin at 0. */
  fork(messageId: string, init?: { id?: string; title?: string; metadata?: Metadata }): Promise<Session>;
  /** Deletes its messages too. */
  delete(id: string): Promise<void>;
}

// ---------------------------------------------------------------- streams

/**
 * 'openai-chat': Server-Sent Events of OpenAI Chat Completions and its dialects; 'openai-responses': of OpenAI Responses;
 * 'anthropic': of Anthropic Messages; 'ai-sdk': the UI message stream of the AI SDK, version 1; 'ag-ui': AG-UI 1.0;
 * 'ndjson': a JSON object a line, in the shape of Ollama's chat and generate replies; 'text': the body is the reply.
 */
export type StreamFormat =
  | 'openai-chat' | 'openai-responses' | 'anthropic' | 'ai-sdk' | 'ag-ui' | 'ndjson' | 'text';

/**
 * A format of one's own. The body is cut into events in the Worker: 'sse' are Server-Sent Events, 'ndjson' are lines, 'text' is text as
 * it comes. `map` is called on the page with each, in their order, and writes to the draft; a promise it returns is awaited before
 * the next. If it throws, the code is 'protocol'. When the body ends and it has not finished the message, that finishes as
 * 'end_turn'.
 */
export type MappedFormat =
  | { events: 'sse' | 'ndjson'; map: (event: StreamEvent, draft: Draft) => void | Promise<void> }
  | { events: 'text'; map: (text: string, draft: Draft) => void | Promise<void> };

export type StreamSource =
  | Response | Promise<Response>
  | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>
  /** The Worker makes the request: nothing of it passes through the page's thread. */
  | { url: string | URL; init?: RequestInit };

/**
 * What is needed to go on with a reply that was cut. It is saved in the commit that saves the text before it. It is JSON, and has
 * members for the store's own use beside these.
 */
export interface ResumePoint {
  readonly messageId: string;
  readonly sessionId: string;
  readonly format: StreamFormat;
  /** The provider's own name for the reply (a response id, a run id). */
  readonly responseId?: string;
  /** The last event applied: `sequence_number` of OpenAI Responses, or the `id:` of Server-Sent Events. Without: from the beginning. */
  readonly sequence?: number;
  readonly lastEventId?: string;
  /** Of a durable stream: where to read on (its header `Stream-Next-Offset`). Without: from the beginning, -1. */
  readonly offset?: string;
}

export interface IngestOptions {
  /** A function alone is the `map` of a MappedFormat of 'text'. */
  format: StreamFormat | MappedFormat | ((chunk: string, draft: Draft) => void);
  /** Default 'assistant', and nothing else yet: a message of another role is finished from the start. */
  role?: Role;
  model?: string;
  provider?: string;
  /** As in NewMessage, for a new message. */
  parentId?: string | null;
  metadata?: Metadata;
  /**
   * Goes on with that message (see Messages.open with `resume`) if it exists; else the new message's id. A message has one
   * stream at most: the second rejects with 'in-use'. One of another session is 'invalid-argument'. Of a reply that was cut, what
   * is there already is recognised when it comes again (see Store.resumePoint); what is not recognised is added behind it.
   */
  messageId?: string;
  signal?: AbortSignal;
  /**
   * Called when the connection is cut before the reply ended: what it returns is read on from `point`. Events that were applied
   * already are recognised and skipped, also when the reply comes again from its beginning. Undefined, and a response with status 204,
   * give up; so does a status of failure that waiting does not mend. Called at most `attempts` times in a row without progress, after
   * pauses that grow from half a second to half a minute, honour Retry-After and end when the browser comes online; for the next body
   * of a durable stream at once. What it throws, or rejects with, counts as a cut. Not with a function that maps.
   */
  reconnect?: (point: ResumePoint, attempt: number) => StreamSource | undefined | Promise<StreamSource | undefined>;
  /** Default 5; an integer of 1 and more. */
  attempts?: number;
  /** Token counts, when the stream reports them. They are the message's `usage`, and added to the session's in the commit that finishes the message. */
  onUsage?: (usage: Usage) => void;
}

export interface Run {
  /** Saved, with its message, before the first byte is read. */
  readonly messageId: string;
  /**
   * The finished message, durable. A stream that ends without saying so finishes as 'unknown' and resolves.
   * Rejects with 'aborted', 'network', 'http' or 'protocol'; what had arrived is kept. Not awaiting it raises no
   * unhandled rejection.
   */
  readonly done: Promise<Message>;
  abort(reason?: unknown): void;
}

// ---------------------------------------------------------------- store

/** Two opens of one name in one page share one store; the options of the first rule, another `storage` is 'invalid-argument'. */
export interface OpenOptions {
  /** One database per name and origin. Default 'millrace'. */
  name?: string;
  /** 'auto' (default): opfs, else indexeddb; with neither the open rejects with 'storage-unavailable'. A store stays where it was made. 'memory' only when asked for. */
  storage?: 'auto' | 'opfs' | 'indexeddb' | 'memory';
  /** Coalescing window. Default 33; 0 or less saves and notifies at every update. */
  windowMs?: number;
  /** How long an event that must not be lost waits for room. Default 50. */
  mustDeliverTimeoutMs?: number;
  /** Events that wait for a busy page before older ones of the same message are merged away. Default 64. */
  mailboxCapacity?: number;
  /** Ask the browser to exempt the origin from eviction. Default false. */
  persist?: boolean;
  /** Where the worker comes from, for bundlers and CSPs that need it. */
  worker?: () => Worker;
  /** Where the wasm comes from; relative to the page. */
  wasmUrl?: string | URL;
}

export interface Stats {
  storage: 'opfs' | 'indexeddb' | 'memory';
  role: 'leader' | 'follower';
  /** Mutations accepted; transactions committed; bytes handed to the files; calls of listeners. Of the whole store since it was opened, notifications of this tab. */
  updates: number; commits: number; bytesWritten: number; notifications: number;
  conflated: number; dropped: number; mustDeliverDropped: number;
  subscribers: number; pending: number; liveMessages: number;
  sqliteVersion: string;
}

export interface RunScope {
  /** Aborted with the caller's signal, and when the store closes. */
  readonly signal: AbortSignal;
  create(init: NewMessage): Promise<Draft>;
  ingest(source: StreamSource, options: IngestOptions): Promise<Run>;
}

export interface Store {
  readonly name: string;
  readonly storage: 'opfs' | 'indexeddb' | 'memory';
  /**
   * Messages that a crash or a closed tab left unfinished and that opening the store finished as 'interrupted'. In a tab that
   * follows: those that the leading tab has finished so since it opened the store.
   */
  readonly recovered: readonly { messageId: string; sessionId: string }[];
  /**
   * The browser deleted what a store of this name held: this page had it open before, and at this opening it was empty and was
   * made anew. The page knows by a marker in `localStorage`, so this is false where the browser deleted that too, or where there
   * is none. Only the opening that made the store anew says so. A store that `deleteStore` deleted was not wiped.
   */
  readonly wiped: boolean;
  readonly sessions: Sessions;
  readonly messages: Messages;
  readonly blobs: Blobs;
  /**
   * Creates an assistant message and streams the source into it; resolves once the message is saved, before the first byte.
   * The source is consumed. Rejects with 'aborted' if the signal already is, 'not-found' without the session,
   * 'invalid-argument' for an `init` that cannot be sent to the Worker.
   *
   * The stream belongs to the store: it goes on until it ends, is aborted, or the last handle closes.
   */
  ingest(sessionId: string, source: StreamSource, options: IngestOptions): Promise<Run>;
  /**
   * Where a reply was cut that did not come to its end: what `ingest` with its `messageId` goes on from, in this tab or another, or
   * after a crash. Undefined if it ended by itself, or no stream wrote it.
   */
  resumePoint(messageId: string): Promise<ResumePoint | undefined>;
  /**
   * One agent turn. Messages made through the scope belong to it: however `fn` exits they are flushed, and what is
   * unfinished is finished: 'unknown' after a return, 'error' after a throw, 'canceled' after an abort. That holds for what
   * is only just being created when the run ends, too; what is begun after that rejects with 'closed'.
   * With an aborted signal it rejects with 'aborted' and does not call `fn`; what `fn` throws is passed on as it is.
   */
  run<T>(sessionId: string, fn: (scope: RunScope) => Promise<T>, options?: { signal?: AbortSignal }): Promise<T>;
  /** Returns a function that ends the subscription. A listener that throws is reported and stops nobody else. */
  subscribe(listener: Listener, filter?: EventFilter): () => void;
  /** Durable when they resolve. A time-out rejects with 'timeout', also while the Worker is busy; the write goes on. */
  flush(messageId: string, options?: { timeoutMs?: number }): Promise<void>;
  flushAll(options?: { timeoutMs?: number }): Promise<void>;
  /**
   * Messages that have all words of the query, in any order; of the last word its beginning is enough, from three letters
   * on, unless a blank follows it. Case and diacritics do not count (Latin, Greek, Cyrillic, Arabic, Hebrew), and no
   * character has a meaning of its own; words without a space between them ('e-mail') must follow each other. The newest
   * first. What a draft has not finished may be missing. `next` of the answer: there may be more, see {@link SearchPage}.
   */
  search(query: string, options?: SearchOptions): Promise<SearchPage>;
  /**
   * A SQLite file of everything accepted before the call, also while streams go on. `blobs`: with the content of the blobs that
   * messages name, in the table `blob_pieces`. On OPFS such a file lies on the disk and can be read for an hour: save or send it.
   * 'quota-exceeded' without room for it.
   */
  export(options?: { blobs?: boolean }): Promise<Blob>;
  /**
   * Adds the content of a Millrace or Crush database (whose times are seconds), blobs included. Ids that are there already are skipped
   * and not counted. Nothing is changed if the file is unusable: 'invalid-argument' for one of another kind, 'corrupt',
   * 'newer-schema'. Listeners hear one 'lagged' without ids.
   */
  import(file: Blob): Promise<{ sessions: number; messages: number }>;
  stats(): Promise<Stats>;
  /** Drains (within `timeoutMs`, default 5000), then closes. Afterwards every call rejects with code 'closed', but for a second close. */
  close(options?: { timeoutMs?: number }): Promise<void>;
}
