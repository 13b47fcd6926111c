/**
 * What all live queries have in common: load once, then follow by events.
 *
 *   first subscriber ──▶ loading ──loaded──▶ ready ──events──▶ ready …
 *                           ▲                  │
 *                           └── read again ◀───┘  after `lagged`, or where events do not say enough
 *   last subscriber left ──▶ over: the registry makes a new query for the next one
 *
 * Invariants:
 * 1. One read at a time. Events that arrive during a read are kept, and applied to what was read: it may be older or
 *    newer than they are, so applying an event twice, or late, must change nothing.
 * 2. A snapshot is replaced only if something in it changed.
 */
import type { Store } from '../api.js';
import type { MillraceError } from '../errors.js';
import type { EventFilter, StoreEvent } from '../types.js';
import { Listeners } from './listeners.js';
import { LOADING, type Snapshot } from './snapshot.js';

export abstract class Query<T> {
  readonly store: Store;
  readonly #filter: EventFilter;
  readonly #listeners = new Listeners();
  #snapshot: Snapshot<T> = LOADING;
  #stop: (() => void) | undefined;
  #over: (() => void) | undefined;
  #reads: Promise<unknown> = Promise.resolve();
  /** The events since the read under way began. */
  #sinceRead: StoreEvent[] | undefined;
  #reloadWaits = false;

  constructor(store: Store, filter: EventFilter) {
    this.store = store;
    this.#filter = filter;
  }

  get snapshot(): Snapshot<T> { return this.#snapshot; }

  /** Everything that is shown, anew. */
  protected abstract load(): Promise<T>;

  /** The value after these events; the same object if they change nothing. */
  protected abstract apply(value: T, events: readonly StoreEvent[]): T;

  /** What was read, with what is held already in the place of what is the same. */
  protected abstract keep(read: T, held: T | undefined): T;

  protected ready(value: T): Snapshot<T> { return { status: 'ready', value }; }

  /** `over` is called once, when the last subscriber has left. */
  begin(over: () => void): void {
    this.#over = over;
    this.#stop = this.follow();
  }

  subscribe(onChange: () => void): () => void {
    const leave = this.#listeners.add(onChange);
    return () => {
      leave();
      // A component that is mounted twice leaves and comes back in one turn: nothing is loaded again for that.
      queueMicrotask(() => this.#endIfUnused());
    };
  }

  /** Starts to hear of changes. Returns what ends it. */
  protected follow(): () => void {
    try {
      const stop = this.store.subscribe((events) => this.#hear(events), this.#filter);
      this.reload();
      return stop;
    } catch (error) {
      this.#failed(error);
      return () => undefined;
    }
  }

  /** Reads everything again. Calls before the read begins are one. */
  protected reload(): void {
    if (this.#reloadWaits) return;
    this.#reloadWaits = true;
    this.readAll().catch((error: unknown) => this.#failed(error));
  }

  /** The same for somebody who waits for it: rejects where the read does. */
  protected readAll(): Promise<void> {
    return this.read(() => {
      this.#reloadWaits = false;
      return this.load();
    }, (loaded, events) => {
      // Something was missed during the read: the next one is under way, and will be right.
      if (!this.#reloadWaits) this.take(loaded, events);
    });
  }

  /** Shows what was read, after the events since the read began. */
  protected take(read: T, events: readonly StoreEvent[]): void {
    this.show(this.ready(this.keep(this.apply(read, events), this.#snapshot.value)));
  }

  /** Reads when no other read is under way. `take` gets what was read and the events since the read began. */
  protected read<V>(load: () => Promise<V>, take: (loaded: V, events: readonly StoreEvent[]) => void): Promise<void> {
    const reading = this.#reads.then(async () => {
      const events: StoreEvent[] = (this.#sinceRead = []);
      try {
        const loaded = await load();
        if (this.#over) take(loaded, events);
      } finally {
        this.#sinceRead = undefined;
      }
    });
    this.#reads = reading.catch(() => undefined);
    return reading;
  }

  protected show(next: Snapshot<T>): void {
    const last = this.#snapshot;
    if (next === last || (next.status === 'ready' && last.status === 'ready' && next.value === last.value)) return;
    this.#snapshot = next;
    this.shown();
    this.#listeners.call();
  }

  /** Called with each change, before the subscribers are. */
  protected shown(): void {}

  #hear(events: readonly StoreEvent[]): void {
    this.#sinceRead?.push(...events);
    const snapshot = this.#snapshot;
    // Whether the store itself has ended shows in the read.
    if (snapshot.status === 'error' || events.some(({ type }) => type === 'lagged' || type === 'storage-error')) this.reload();
    if (snapshot.status === 'ready') this.show(this.ready(this.apply(snapshot.value, events)));
  }

  #failed(error: unknown): void {
    if (!this.#over) return;
    this.show({ status: 'error', error: error as MillraceError, value: this.#snapshot.value });
  }

  #endIfUnused(): void {
    const over = this.#over;
    if (!this.#listeners.empty || !over) return;
    this.#over = undefined;
    this.#stop?.();
    over();
  }
}
