import type { Blobs, IngestOptions, Messages, ResumePoint, Run, RunScope, Sessions, Stats, Store, StreamSource } from '../api.js';
import type { Opened } from '../protocol.js';
import { isBlob } from '../realms.js';
import type { EventFilter, Listener, SearchPage, SearchOptions } from '../types.js';
import { blobsOf } from './calls/blobs.js';
import { withDeadline } from './calls/deadline.js';
import { ingest } from './streams/ingest.js';
import { messagesOf } from './calls/messages.js';
import { run } from './run-scope.js';
import { sessionsOf } from './calls/sessions.js';
import { checkFilter } from './events/listeners.js';
import { CLOSE_TIMEOUT_MS, closedError, type SharedStore } from './shared-store.js';
import { check, checkDuration, checkFields, checkFunction, checkId } from './calls/validate.js';

/**
 * One opening of a store. Closing it ends what goes through it: calls and subscriptions. Streams,
 * runs and drafts belong to the shared store and end with the last handle.
 */
export class StoreHandle implements Store {
  readonly name: string;
  readonly storage: Store['storage'];
  readonly recovered: Store['recovered'];
  readonly wiped: boolean;
  readonly sessions: Sessions;
  readonly messages: Messages;
  readonly blobs: Blobs;
  readonly #shared: SharedStore;
  readonly #unsubscribes = new Set<() => void>();
  #closing: Promise<void> | undefined;

  /** Takes one use of the store over. */
  constructor(shared: SharedStore, opened: Opened) {
    this.name = shared.name;
    this.storage = opened.storage;
    this.recovered = opened.recovered;
    this.wiped = shared.wiped;
    this.#shared = shared;
    const use = (): SharedStore => this.#use();
    this.sessions = sessionsOf(use);
    this.messages = messagesOf(use);
    this.blobs = blobsOf(use);
  }

  async ingest(sessionId: string, source: StreamSource, options: IngestOptions): Promise<Run> {
    return ingest(this.#use(), sessionId, source, options);
  }

  async resumePoint(messageId: string): Promise<ResumePoint | undefined> {
    return this.#use().connection.call('resumePoint', messageId);
  }

  async run<T>(sessionId: string, fn: (scope: RunScope) => Promise<T>, options?: { signal?: AbortSignal }): Promise<T> {
    return run(this.#use(), sessionId, fn, options);
  }

  subscribe(listener: Listener, filter: EventFilter = {}): () => void {
    const { subscription } = this.#use();
    checkFunction('A listener', listener);
    checkFilter(filter);
    const remove = subscription.subscribe(listener, filter);
    const unsubscribe = (): void => {
      this.#unsubscribes.delete(unsubscribe);
      remove();
    };
    this.#unsubscribes.add(unsubscribe);
    return unsubscribe;
  }

  async flush(messageId: string, { timeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    const { connection } = this.#use();
    checkId('messageId', messageId);
    checkDuration('timeoutMs', timeoutMs, 0);
    await withDeadline(timeoutMs, connection.call('flush', messageId, -1));
  }

  async flushAll({ timeoutMs }: { timeoutMs?: number } = {}): Promise<void> {
    const { connection } = this.#use();
    checkDuration('timeoutMs', timeoutMs, 0);
    await withDeadline(timeoutMs, connection.call('flushAll', -1));
  }

  async search(query: string, options: SearchOptions = {}): Promise<SearchPage> {
    return this.#use().connection.call('search', query, options);
  }

  async export(options: { blobs?: boolean } = {}): Promise<Blob> {
    const { connection } = this.#use();
    checkFields('export', options, ['blobs']);
    return connection.call('export', options);
  }

  async import(file: Blob): Promise<{ sessions: number; messages: number }> {
    const { connection } = this.#use();
    check(isBlob(file), 'The file', 'a Blob', file);
    return connection.call('import', file);
  }

  async stats(): Promise<Stats> {
    const { connection, subscription } = this.#use();
    return { ...await connection.call('stats'), storage: this.storage, notifications: subscription.notifications, subscribers: subscription.listenerCount };
  }

  async close({ timeoutMs = CLOSE_TIMEOUT_MS }: { timeoutMs?: number } = {}): Promise<void> {
    checkDuration('timeoutMs', timeoutMs, 0);
    this.#closing ??= this.#close(timeoutMs);
    await this.#closing;
  }

  async #close(timeoutMs: number): Promise<void> {
    for (const unsubscribe of [...this.#unsubscribes]) unsubscribe();
    await this.#shared.release(timeoutMs);
  }

  #use(): SharedStore {
    if (this.#closing) throw closedError(this.name);
    if (this.#shared.connection.failure) throw this.#shared.connection.failure;
    return this.#shared;
  }
}
