/**
 * A follower's way to the leader.
 *
 *   looking ── hello, again and again ──▶ welcome ──▶ talking ── `leads`: another leader ──▶ looking
 *                                            ▲           └── silence: hello, talking on ───┐
 *                                            └───────────────────────────────────────────┘
 */
import type { FromHost, ToHost } from '../../protocol.js';
import type { Channel, Environment } from './environment.js';
import { Link } from './link.js';
import { inboxOf, otherRelease, presenceOf, sealed, type Envelope } from './wire.js';

/** Milliseconds between two hellos. */
const HELLO_MS = 250;
/** Milliseconds of silence after which a follower looks whether there is another leader. */
const SILENT_MS = 1_500;

/** Of this Worker, whoever led. */
let lastConversation = 0;

export interface FollowerEvents {
  /** There is a leader: what is to be said again is said now. */
  found(): void;
  /** The leader is another one. Nothing is sent until `found`. */
  lost(): void;
  heard(messages: FromHost[]): void;
  /** The leader stops leading, or may lie frozen before it is through with that. */
  leaves(): void;
  /** A tab of another release answers. */
  otherRelease(how: 'older' | 'newer'): void;
}

export class Follower {
  readonly #environment: Environment;
  readonly #store: string;
  readonly #tab: string;
  readonly #events: FollowerEvents;
  readonly #presence: Channel;
  readonly #inbox: Channel;
  /** The one that hellos ask for. */
  #asked = 0;
  /** The one that is open. */
  #conversation = 0;
  #leader: { term: string; link: Link<ToHost, FromHost>; inbox: Channel } | undefined;
  #cancelHello: (() => void) | undefined;

  constructor(environment: Environment, store: string, tab: string, events: FollowerEvents) {
    this.#environment = environment;
    this.#store = store;
    this.#tab = tab;
    this.#events = events;
    this.#presence = environment.channel(presenceOf(store), (data) => this.#heard(data as Envelope));
    this.#inbox = environment.channel(inboxOf(store, tab), (data) => this.#heard(data as Envelope));
    this.#look();
  }

  /** Whether there is somebody to talk to. */
  get talking(): boolean { return this.#leader !== undefined; }
  /** When the leader was heard of last, on the clock of the environment. */
  get heardAt(): number | undefined { return this.#leader?.link.heardAt; }

  /** Of a leader of an older release: it is to let this one lead. */
  askToYield(): void { this.#presence.post(sealed({ type: 'yield', tab: this.#tab })); }

  send(messages: ToHost[]): void { this.#leader?.link.send(messages); }

  stop(): void {
    this.#leave();
    this.#cancelHello?.();
    this.#presence.close();
    this.#inbox.close();
  }

  #look(): void {
    this.#leave();
    this.#asked = ++lastConversation;
    this.#hello();
  }

  #hello(): void {
    this.#cancelHello?.();
    this.#presence.post(sealed({ type: 'hello', tab: this.#tab, conversation: this.#asked }));
    this.#cancelHello = this.#environment.clock.after(HELLO_MS, () => this.#hello());
  }

  #heard(said: Envelope): void {
    const other = otherRelease(said);
    if (other) {
      // Others that follow say hello as well; only a leader is in the way.
      if (said.type === 'leads' || said.type === 'welcome') this.#events.otherRelease(other);
      return;
    }
    switch (said.type) {
      case 'leads':
        if (this.#leader?.term === said.term) return;
        if (this.#leader) this.#events.lost();
        return this.#look();
      case 'welcome':
        if (said.conversation !== this.#asked || this.#asked === this.#conversation) return;
        if (this.#leader) this.#events.lost();
        this.#leave();
        return this.#talk(said.tab, said.term);
      case 'leaves': return this.#events.leaves();
      case 'down':
        if (said.conversation === this.#conversation) this.#leader?.link.receive(said.frame);
    }
  }

  #talk(leader: string, term: string): void {
    this.#cancelHello?.();
    this.#cancelHello = undefined;
    const conversation = this.#conversation = this.#asked;
    const inbox = this.#environment.channel(inboxOf(this.#store, leader), () => undefined);
    const link = new Link<ToHost, FromHost>(
      (frame) => inbox.post(sealed({ type: 'up', tab: this.#tab, conversation, frame })),
      (messages) => this.#events.heard(messages),
      this.#environment.clock,
      () => this.#doubt(link),
    );
    this.#leader = { term, link, inbox };
    this.#events.found();
  }

  /** The leader may be frozen, or gone and another one was not heard of. Which it is, a welcome tells. */
  #doubt({ heardAt }: Link<ToHost, FromHost>): void {
    if (this.#cancelHello || this.#environment.clock.now() - heardAt < SILENT_MS) return;
    this.#asked = ++lastConversation;
    this.#hello();
  }

  #leave(): void {
    this.#leader?.link.stop();
    this.#leader?.inbox.close();
    this.#leader = undefined;
  }
}
