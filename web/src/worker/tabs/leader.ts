/**
 * The leader's side: each other tab is one more client of its host.
 *
 *   hello ──▶ a client, a link, `welcome` ──▶ frames ──▶ its lock comes free: the tab is gone, its messages are interrupted
 */
import type { FromHost, ToHost } from '../../protocol.js';
import type { Host, Port } from '../host.js';
import type { Channel, Environment } from './environment.js';
import { Link } from './link.js';
import { newId } from '../../ids.js';
import { inboxOf, otherRelease, presenceOf, sealed, type Envelope } from './wire.js';

interface Conversation {
  readonly id: number;
  readonly port: Port;
  readonly link: Link<FromHost, ToHost>;
  readonly inbox: Channel;
}

export class Leader {
  readonly #environment: Environment;
  readonly #store: string;
  readonly #tab: string;
  readonly #term = newId();
  readonly #host: Host;
  readonly #presence: Channel;
  readonly #inbox: Channel;
  readonly #conversations = new Map<string, Conversation>();
  readonly #watched = new Set<string>();
  readonly #stopped = new AbortController();

  /** `yields`: a tab of a newer release wants to lead. */
  constructor(environment: Environment, store: string, tab: string, host: Host, yields: () => void) {
    this.#environment = environment;
    this.#store = store;
    this.#tab = tab;
    this.#host = host;
    this.#presence = environment.channel(presenceOf(store), (data) => this.#heard(data as Envelope, yields));
    this.#inbox = environment.channel(inboxOf(store, tab), (data) => this.#frame(data as Envelope));
  }

  /** The store is open. */
  async begin(): Promise<void> {
    this.#announce();
    for (const tab of await this.#host.owners()) this.#watch(tab);
  }

  /** It says so to the others, and stops. */
  leave(): void {
    this.#presence.post(sealed({ type: 'leaves', tab: this.#tab }));
    this.stop();
  }

  /** Says nothing and hears nothing any more. The conversations end. */
  stop(): void {
    this.#stopped.abort();
    for (const tab of [...this.#conversations.keys()]) this.#end(tab);
    this.#presence.close();
    this.#inbox.close();
  }

  #heard(said: Envelope, yields: () => void): void {
    const other = otherRelease(said);
    if (other) {
      // It hears that somebody leads, and of which release.
      if (said.type === 'hello') this.#announce();
      if (said.type === 'yield' && other === 'newer') yields();
    } else if (said.type === 'hello') {
      this.#hello(said.tab, said.conversation);
    }
  }

  #announce(): void { this.#presence.post(sealed({ type: 'leads', tab: this.#tab, term: this.#term })); }

  #hello(tab: string, id: number): void {
    const there = this.#conversations.get(tab);
    if (there && there.id > id) return;
    if (there?.id !== id) {
      this.#end(tab);
      this.#begin(tab, id);
    }
    this.#conversations.get(tab)!.inbox.post(sealed({ type: 'welcome', tab: this.#tab, term: this.#term, conversation: id }));
  }

  #begin(tab: string, id: number): void {
    const inbox = this.#environment.channel(inboxOf(this.#store, tab), () => undefined);
    const port = this.#host.connectTab(tab, (messages) => {
      // A core that trapped ends this tab alone: the next leader goes on.
      if (!messages.some(({ type }) => type === 'trapped')) link.send(messages);
    });
    const link: Link<FromHost, ToHost> = new Link(
      (frame) => inbox.post(sealed({ type: 'down', tab: this.#tab, conversation: id, frame })),
      (messages) => port.receive(messages),
      this.#environment.clock,
    );
    this.#conversations.set(tab, { id, port, link, inbox });
    this.#watch(tab);
  }

  #frame(said: Envelope): void {
    if (said.type !== 'up') return;
    const conversation = this.#conversations.get(said.tab);
    if (conversation?.id === said.conversation) conversation.link.receive(said.frame);
  }

  /** A tab holds its lock as long as it lives, frozen or not. */
  #watch(tab: string): void {
    if (this.#watched.has(tab) || this.#stopped.signal.aborted) return;
    this.#watched.add(tab);
    void this.#environment.locks.hold(tab, this.#stopped.signal).then((release) => {
      release();
      this.#watched.delete(tab);
      this.#end(tab);
      this.#host.endTab(tab);
    });
  }

  #end(tab: string): void {
    const conversation = this.#conversations.get(tab);
    if (!conversation) return;
    this.#conversations.delete(tab);
    conversation.link.stop();
    conversation.port.disconnect();
    conversation.inbox.close();
  }
}
