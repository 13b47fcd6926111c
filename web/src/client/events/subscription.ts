/**
 * The page's one subscription: from the first listener to the last one leaving.
 *
 * A batch costs the Worker a credit. The page gives the credits back when its listeners are through with all of them, so a
 * page that is busy is sent at most CREDITS batches, however much happens meanwhile (B7).
 */
import type { WireEvent } from '../../core-module.js';
import type { MillraceError } from '../../errors.js';
import { CREDITS } from '../../protocol.js';
import type { EventFilter, Listener, Message } from '../../types.js';
import type { Connection } from '../calls/connection.js';
import { Listeners } from './listeners.js';
import { Mirrors, type Heard } from './mirrors.js';

export class Subscription {
  readonly #connection: Connection;
  readonly #listeners = new Listeners();
  readonly #mirrors: Mirrors;
  readonly #heard: (message: Message) => void;
  #subscribed = false;
  /** Credits to give back. Together: a message to the Worker costs more than a batch does. */
  #creditsToReturn = 0;
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
      if (this.#subscribed && ++this.#creditsToReturn === CREDITS) this.#giveBack();
    }
  }

  /** The Worker has ended, which it cannot say itself. */
  ended(error: MillraceError): void {
    this.#listeners.deliver([{ event: Object.freeze({ type: 'storage-error', error }) }]);
  }

  #giveBack(): void {
    this.#creditsToReturn = 0;
    this.#connection.post({ type: 'credit', count: CREDITS });
  }

  #hear(events: readonly WireEvent[]): void {
    const batch: Heard[] = [];
    for (const event of events) {
      const heard = this.#mirrors.take(event);
      if (!heard) continue;
      if (heard.event.type === 'updated') this.#heard(heard.event.message);
      batch.push(heard);
    }
    if (batch.length > 0) this.#listeners.deliver(batch);
  }

  /** What no listener wants is not sent here (B1). */
  #tellWhatIsWanted(): void {
    const filters = this.#listeners.filters();
    const wanted = JSON.stringify(filters);
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#subscribed = filters.length > 0;
    if (!this.#subscribed) this.#creditsToReturn = 0;
    this.#mirrors.prune();
    this.#connection.post(this.#subscribed ? { type: 'subscribe', filters } : { type: 'unsubscribe' });
  }
}
