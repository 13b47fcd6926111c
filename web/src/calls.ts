/**
 * The calls of a store, once: what the page asks, the Worker passes on and the core answers. The types of all three follow from
 * this table, and the compiler holds them to it.
 *
 *   page                          Worker                              core
 *   connection.call(m, ...args) ▶ core.call(m, args, done) ─────────▶ wasm/calls.cpp: the same names, each argument by its type
 *
 * To add a call: a line here, a line and a function in wasm/calls.cpp, and the method that calls it in client/calls.
 */
import type { ResumePoint } from './api.js';
import type { BlobInfo, Message, Metadata, NewMessage, SearchPage, SearchOptions, Session } from './types.js';

/** Arguments and answer of each call. */
export interface Calls {
  createSession(init: { id: string; title?: string; parentId?: string; metadata?: Metadata; createdAt?: number }): Session;
  getSession(id: string): Session | undefined;
  listSessions(options: { limit?: number; before?: string; parentId?: string; archived?: boolean | 'all'; query?: string }): Session[];
  updateSession(id: string, change: object): Session;
  deleteSession(id: string): void;
  switchTo(id: string, messageId: string): Session;
  fork(messageId: string, init: { id: string; title?: string; metadata?: Metadata }): Session;
  /** `writer`: the draft that counts its versions from the answer. `run` 0: none. */
  createMessage(sessionId: string, init: NewMessage & { id: string }, writer: string, run: number): Message;
  openMessage(id: string, resume: boolean, writer: string): Message;
  /** One step, whatever happens meanwhile. 'in-use': another stream writes into the message; 'closed': the run is over. */
  beginReply(reply: WireReply): Message;
  createAll(sessionId: string, messages: (NewMessage & { id: string })[]): WireMessages;
  updateMessage(message: Message): Message;
  /** Answered when it is saved. */
  setMetadata(id: string, patch: Metadata): Message;
  getMessage(id: string, committed: boolean): Message | undefined;
  resumePoint(id: string): ResumePoint | undefined;
  listMessages(sessionId: string, options: {
    limit?: number; before?: string; after?: string; committed?: boolean; head?: string; all?: boolean;
  }): WireMessages;
  branches(sessionId: string): { parentId: string | null; messageIds: string[] }[];
  listUser(sessionId: string | undefined, options: { limit?: number }): WireMessages;
  lastAssistant(sessionId: string): Message | undefined;
  deleteMessage(id: string, branch: boolean): void;
  deleteAll(sessionId: string): void;
  search(query: string, options: SearchOptions): SearchPage;
  /** Files cross as references, not as copies. `blobs`: with the content of blobs, which the Worker of the page adds. */
  export(options: { blobs?: boolean }): Blob;
  import(file: Blob): { sessions: number; messages: number };
  /** timeoutMs < 0: no time-out. */
  flush(id: string, timeoutMs: number): void;
  flushAll(timeoutMs: number): void;
  /** A run scope (C14): `endRun` finishes what its messages left open and flushes them. */
  beginRun(sessionId: string): number;
  endRun(run: number, how: 'returned' | 'threw' | 'aborted'): void;
  blobInfo(id: string): BlobInfo | undefined;
  blobUsage(): { count: number; bytes: number };
  stats(): CoreStats;
  close(timeoutMs: number): void;
}

/**
 * What a Worker asks the core about clients that outlive the store: other tabs (M2). No page calls these.
 */
export interface TabCalls {
  /** The writer goes on where its receipt says; `run` 0: none; `stream`: it is the message's only stream. */
  adopt(messageId: string, writer: string, run: number, stream: boolean): Message;
  /** Answered once all that was accepted of the message would survive the death of the Worker. Hastens nothing. */
  whenSaved(messageId: string): void;
  /** The tab is gone: what it left unfinished is finished as 'interrupted'. */
  endClient(client: string): void;
  /** Before `close`, if this tab goes on as a follower: its page's drafts are to go on. */
  handOver(writers: { writer: string; messageId: string }[]): void;
}

/**
 * What the Worker of any tab asks about blobs, whose content it keeps itself. No page calls these.
 */
export interface OwnMethods {
  /** Its content is durable. Known already: its hour begins again. */
  addBlob(blob: { id: string; size: number; mediaType: string }): void;
  /** Forgets what nobody needs among the next hundred after `after`; `next` '': all were looked at. */
  collectBlobs(after: string): { removed: string[]; next: string };
}

export type Method = keyof Calls;
/** Those that the Worker has a part in. */
export type WorkerMethod = 'export' | 'import';
/** All that the core answers. */
export interface CoreCalls extends Omit<Calls, WorkerMethod>, TabCalls, OwnMethods {}
export type CoreMethod = keyof CoreCalls;

/** Many messages, as the JSON of a `Message[]`: quicker than objects. The `data` of a binary part is the index of its bytes. */
export interface WireMessages { json: string; bytes: Uint8Array[] }

export interface CoreStats {
  updates: number; commits: number; bytesWritten: number;
  conflated: number; dropped: number; mustDeliverDropped: number;
  subscribers: number; pending: number; liveMessages: number; sqliteVersion: string;
  /** Of the Worker: whether it has the store open itself. */
  role: 'leader' | 'follower';
}

/** The message of a reply, to be created or, with `resume`, gone on with if it exists. */
export interface WireReply {
  sessionId: string; messageId: string; resume: boolean;
  model?: string; provider?: string; metadata?: Metadata; parentId?: string | null;
  /** Names the stream to the core: it is the only one that writes into the message. */
  writer: string;
  /** The run scope it belongs to; 0: none. */
  run: number;
}
