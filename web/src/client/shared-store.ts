/**
 * One open database of this page: its Worker, and everything that the page keeps about it. Handles
 * share it; it closes with the last one.
 *
 * Ownership: owns the Worker, the outbox, the drafts' registry, the streams and runs under way, and
 * the listeners on the page's lifecycle.
 */
import { MillraceError } from '../errors.js';
import type { Opened, OpenRequest } from '../protocol.js';
import { Connection, type Notice } from './connection.js';
import { DraftRegistry } from './draft-registry.js';
import { Feed } from './feed.js';
import { newId } from './ids.js';
import { Ingests } from './ingest.js';
import { Outbox } from './outbox.js';
import type { PageRunScope, RunHost } from './run-scope.js';

/** Milliseconds that closing may take to drain, unless the caller says otherwise. */
export const CLOSE_TIMEOUT_MS = 5000;

export function closedError(name: string): MillraceError {
  return new MillraceError('closed', `The store "${name}" is closed`);
}

export class SharedStore implements RunHost {
  readonly name: string;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly drafts = new DraftRegistry();
  readonly ingests = new Ingests();
  readonly runs = new Set<PageRunScope>();
  readonly feed: Feed;
  /** Names the classic updates of this page to the core: all of them are one writer. */
  readonly writer = newId();
  readonly opened: Promise<Opened>;
  /** Resolves when nothing of the store is left, so that it can be opened again. */
  readonly gone: Promise<void>;
  /** Handles that are not closed, and openings under way. */
  users = 0;
  #closing = false;
  #markGone!: () => void;
  readonly #flushOutbox = (): void => this.outbox.flush();
  readonly #flushIfHidden = (): void => {
    if (document.visibilityState === 'hidden') this.outbox.flush();
  };

  constructor(worker: Worker, request: OpenRequest) {
    this.name = request.name;
    this.gone = new Promise((resolve) => (this.#markGone = resolve));
    this.outbox = new Outbox(request.windowMs > 0);
    this.connection = new Connection(worker, {
      beforeCall: this.#flushOutbox,
      notice: (message) => this.#notice(message),
      failed: (error) => this.#end(error),
    });
    this.feed = new Feed(this.connection);
    this.#watchPage(true);
    this.opened = this.connection.request({ type: 'open', id: this.connection.nextId(), request }) as Promise<Opened>;
    this.opened.catch((error: MillraceError) => {
      this.#end(error);
      this.connection.end(error);
    });
  }

  /** True from the last release, or the failure of the Worker, on: whoever opens waits for `gone`. */
  get going(): boolean { return this.#closing || this.connection.failure !== undefined; }

  /** One user less; resolves when what was written is durable. The last one closes. */
  async release(timeoutMs: number): Promise<void> {
    this.users -= 1;
    if (this.connection.failure) return;
    if (this.users > 0) return this.connection.call('flushAll', timeoutMs);
    this.#closing = true;
    await this.#close(timeoutMs);
  }

  /** Drains and closes; afterwards everything rejects with 'closed'. */
  async #close(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const closed = closedError(this.name);
    for (const run of this.runs) run.abort(closed);
    this.ingests.abortAll(closed);
    const busy = [...this.runs].map(({ over }) => over);
    const streams = [...this.ingests.active].map(({ done }) => done.catch(() => undefined));
    await within(timeoutMs, Promise.all([...busy, ...streams]));
    this.drafts.settleHeld();
    try {
      await this.connection.call('close', Math.max(0, deadline - performance.now()));
    } finally {
      this.#end(closed);
      this.connection.end(closed);
    }
  }

  #notice(message: Notice): void {
    switch (message.type) {
      case 'batch': return this.feed.receive(message.events);
      case 'write-failed': return this.drafts.refused(message.writer, message.error);
      case 'pull': return void this.ingests.byId.get(message.ingest)?.pull();
      case 'enough': return this.ingests.byId.get(message.ingest)?.enough();
      case 'ingested': return this.ingests.byId.get(message.ingest)?.ingested(message);
      case 'ingest-lost': return this.ingests.byId.get(message.ingest)?.lost(message.error);
    }
  }

  #end(error: MillraceError): void {
    this.#watchPage(false);
    this.ingests.failAll(error);
    for (const run of this.runs) run.abort(error);
    this.#markGone();
  }

  /** A page that is hidden may never run again: what it has to say is sent then and there. */
  #watchPage(watch: boolean): void {
    if (typeof document === 'undefined') return;
    const change = watch ? 'addEventListener' : 'removeEventListener';
    window[change]('pagehide', this.#flushOutbox);
    document[change]('visibilitychange', this.#flushIfHidden);
  }
}

/** Timers of a browser take no more. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  await Promise.race([promise, new Promise((resolve) => (timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMEOUT_MS))))]);
  clearTimeout(timer);
}
