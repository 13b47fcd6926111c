import type { CoreFeed, CoreStore, WireEvent } from '../core-module.js';
import { CREDITS } from '../protocol.js';
import type { EventFilter } from '../types.js';

/**
 * A client's subscription (B7): a batch costs a credit, the page gives it back when it is through with it, and
 * meanwhile changes conflate in the core.
 *
 * Invariant: `underWay` batches are with the page, never more than CREDITS of one subscription.
 */
export class ClientSubscription {
  readonly #core: CoreStore;
  readonly #send: (events: WireEvent[]) => void;
  #feed: CoreFeed | undefined;
  #underWay = 0;

  constructor(core: CoreStore, send: (events: WireEvent[]) => void) {
    this.#core = core;
    this.#send = send;
  }

  get active(): boolean { return this.#feed !== undefined; }
  /** The page's batches are all under way: what is published now waits for it. */
  get blocked(): boolean { return this.#feed !== undefined && this.#underWay >= CREDITS; }

  subscribe(filters: EventFilter[]): void {
    if (this.#feed) return this.#feed.setFilters(filters);
    this.#underWay = 0;
    this.#feed = this.#core.subscribe(filters, (events) => {
      this.#underWay++;
      this.#send(events);
    }, CREDITS);
  }

  unsubscribe(): void {
    this.#feed?.delete();
    this.#feed = undefined;
  }

  /** Credits for batches of an earlier subscription are not this one's. */
  grant(credits: number): void {
    const own = Math.min(credits, this.#underWay);
    this.#underWay -= own;
    if (own > 0) this.#feed?.grant(own);
  }

  forget(messageId: string): void {
    this.#feed?.forget(messageId);
  }
}
