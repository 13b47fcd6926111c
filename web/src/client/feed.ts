/**
 * The page's one subscription: from the first listener to the last one leaving.
 *
 * A batch costs the Worker a credit and the page gives it back when its listeners are through, so a
 * page that is busy is sent at most CREDITS batches, however much happens meanwhile (B7).
 */
import type { WireEvent } from '../core-module.js';
import type { EventFilter, Listener, Message } from '../types.js';
import type { Connection } from './connection.js';
import { Listeners } from './listeners.js';
import { Mirrors, type Heard } from './mirrors.js';

export class Feed {
  readonly #connection: Connection;
  readonly #listeners = new Listeners();
  readonly #mirrors: Mirrors;
  readonly #heard: (message: Message) => void;
  #subscribed = false;
  /** What the Worker was told to send, as JSON. */
  #wanted = '[]';

  /** `heard`: called with each message that an event shows. */
  constructor(connection: Connection, heard: (message: Message) => void) {
    this.#connection = connection;
    this.#heard = heard;
    this.#mirrors = new Mirrors(
      (messageId) => connection.post({ type: 'forget', messageId }),
      (sessionId, messageId) => this.#listeners.wantUpdatesOf(sessionId, messageId),
    );
  }

  /** Calls of listeners so far. */
  get notifications(): number { return this.#listeners.calls; }

  get listenerCount(): number { return this.#listeners.size; }

  subscribe(listener: Listener, filter: EventFilter): () => void {
    const remove = this.#listeners.add(listener, filter);
    this.#tellWhatIsWanted();
    return () => {
      remove();
      this.#tellWhatIsWanted();
    };
  }

  /** A batch of the Worker. One that comes after the last listener left is dropped. */
  receive(events: readonly WireEvent[]): void {
    if (!this.#subscribed) return;
    try {
      this.#hear(events);
    } finally {
      // Whatever happens: without its credits the Worker says nothing any more.
      if (this.#subscribed) this.#connection.post({ type: 'credit', count: 1 });
    }
  }

  #hear(events: readonly WireEvent[]): void {
    const heard = events.map((event) => this.#mirrors.take(event)).filter((item): item is Heard => item !== undefined);
    for (const { event } of heard) if (event.type === 'updated') this.#heard(event.message);
    if (heard.length > 0) this.#listeners.deliver(heard);
  }

  /** What no listener wants is not sent here (B1). */
  #tellWhatIsWanted(): void {
    const filters = this.#listeners.filters();
    const wanted = JSON.stringify(filters);
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#subscribed = filters.length > 0;
    this.#mirrors.prune();
    this.#connection.post(this.#subscribed ? { type: 'subscribe', filters } : { type: 'unsubscribe' });
  }
}
