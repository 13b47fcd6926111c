/**
 * One open database of this page: its Worker, and everything that the page keeps about it. Handles
 * share it; it closes with the last one.
 *
 * Ownership: owns the Worker, the outbox, the drafts' registry, the streams and runs under way, and
 * the listeners on the page's lifecycle.
 */
import { defined } from './defined.js';
import { MillraceError } from '../errors.js';
import type { Opened, OpenRequest } from '../protocol.js';
import { Connection, type Notice } from './calls/connection.js';
import { withDeadline } from './calls/deadline.js';
import { DraftRegistry } from './drafts/draft-registry.js';
import { Subscription } from './events/subscription.js';
import type { WorkerStream } from './streams/active-runs.js';
import { Outbox } from './drafts/outbox.js';
import type { PageRunScope, RunHost } from './run-scope.js';
import { WorkerLife } from './calls/worker-life.js';
import { mark } from './marker.js';

/** Milliseconds that closing may take to drain, unless the caller says otherwise. */
export const CLOSE_TIMEOUT_MS = 5000;
/** Milliseconds that an answer at the deadline may be under way. */
const ANSWER_MS = 100;

export function closedError(name: string): MillraceError {
  return new MillraceError('closed', `The store "${name}" is closed`);
}

export class SharedStore implements RunHost {
  readonly name: string;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly drafts = new DraftRegistry();
  readonly ingests = new Map<number, WorkerStream>();
  readonly runs = new Set<PageRunScope>();
  readonly subscription: Subscription;
  readonly opened: Promise<Opened>;
  /** Resolves when nothing of the store is left, so that it can be opened again. */
  readonly gone: Promise<void>;
  /** Handles that are not closed, and openings under way. */
  users = 0;
  /** See `Store.wiped`. */
  wiped = false;
  #closing = false;
  readonly #life = new WorkerLife();
  #markGone!: () => void;
  readonly #sendAll = ({ type, persisted }: Partial<PageTransitionEvent>): void => {
    this.outbox.flush();
    this.connection.post({ type: 'page-event', event: type!, persisted });
    this.connection.flush();
  };

  constructor(worker: Worker, request: OpenRequest) {
    this.name = request.name;
    this.gone = new Promise((resolve) => (this.#markGone = resolve));
    this.outbox = new Outbox((request.windowMs ?? 1) > 0, () => this.connection.flush());
    this.connection = new Connection(worker, {
      beforeCall: () => this.outbox.flush(),
      notice: (message) => this.#notice(message),
      failed: (error) => {
        this.#end(error);
        this.subscription.ended(error);
      },
    });
    this.subscription = new Subscription(this.connection, (message) => this.drafts.heard(message));
    this.#watchPage(true);
    this.opened = this.connection.request({
      type: 'open', id: this.connection.nextId(), request: defined({ ...request, lifeLock: this.#life.lock }),
    }) as Promise<Opened>;
    this.opened.then(({ storage, fresh }) => {
      // One in memory may have the name of one that lasts.
      this.wiped = storage !== 'memory' && mark(this.name, storage) && fresh;
      this.#life.watch(() => this.connection.lost());
    }, (error: MillraceError) => {
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
    if (this.users > 0) return withDeadline(timeoutMs, this.connection.call('flushAll', timeoutMs));
    this.#closing = true;
    await this.#close(timeoutMs);
  }

  /** Drains and closes; afterwards everything rejects with 'closed'. After a time-out the Worker goes on until it is through. */
  async #close(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const closed = closedError(this.name);
    for (const run of this.runs) run.abort(closed);
    for (const stream of this.ingests.values()) stream.abort(closed);
    const busy = [...this.runs].map(({ over }) => over);
    const streams = [...this.ingests.values()].map(({ done }) => done.catch(() => undefined));
    await withDeadline(timeoutMs, Promise.all([...busy, ...streams])).catch(() => undefined);
    this.drafts.settleHeld();
    const left = Math.max(0, deadline - performance.now());
    const closing = this.connection.call('close', left).finally(() => {
      this.#end(closed);
      this.connection.end(closed);
    });
    // The Worker keeps to the same time, and says more about what was not saved, unless it is too busy to answer.
    await withDeadline(left + ANSWER_MS, closing);
  }

  #notice(message: Notice): void {
    switch (message.type) {
      case 'batch': return this.subscription.receive(message.events);
      case 'others-wrote': return this.drafts.othersWrote(message.writer);
      case 'write-failed': return this.drafts.refused(message.writer, message.error);
      // Of a stream: the method of its name takes it.
      default: void this.ingests.get(message.ingest)?.[message.type](message as never);
    }
  }

  #end(error: MillraceError): void {
    this.#life.leave();
    this.#watchPage(false);
    for (const stream of this.ingests.values()) stream.fail(error);
    for (const run of this.runs) run.abort(error);
    this.#markGone();
  }

  /** A page that is hidden may never run again: what it has to say is sent then and there. */
  #watchPage(watch: boolean): void {
    if (typeof document === 'undefined') return;
    const change = watch ? 'addEventListener' : 'removeEventListener';
    // Those of the document are heard on their way to it.
    for (const type of ['pagehide', 'pageshow', 'visibilitychange', 'freeze', 'resume']) window[change](type, this.#sendAll as EventListener, true);
  }
}
