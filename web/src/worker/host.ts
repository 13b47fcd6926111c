/**
 * The store of a Worker and the clients that it serves: each has a port and a session of its own, and they share the core.
 *
 *   page ───▶ Client ─┐
 *   tab ────▶ Client ─┼─▶ one store, one core
 *   tab ────▶ Client ─┘
 */
import type { FromHost, OpenRequest, ToHost } from '../protocol.js';
import { Client, type Clientele } from './client.js';
import { asked } from './core/asked.js';
import { CoreGuard } from './core/core-guard.js';
import { READS_OF_DISK } from './core/calls.js';
import { openStore, type AmongTabs, type LoadCore, type OpenedStore } from './core/open-store.js';
import { holdForLife } from './life-lock.js';
import type { MillraceError } from '../errors.js';

/** A client's way to the host. */
export interface Port {
  /** What the client posted together. */
  receive(messages: readonly ToHost[]): void;
  /** The conversation is over. What its tab has begun goes on: see `endTab`. */
  disconnect(): void;
}

export class Host {
  readonly #loadCore: LoadCore;
  readonly #end: () => void;
  readonly #guard = new CoreGuard((error) => this.#trapped(error));
  readonly #clients = new Set<Client>();
  #opening: Promise<OpenedStore> | undefined;
  #store: OpenedStore | undefined;
  /** The store whose turn is held open for the messages that came together. */
  #held: OpenedStore | undefined;
  /** It trapped. */
  #over = false;

  readonly #tabs: AmongTabs | undefined;
  /** The page of this Worker. The store closes with it, whoever else is a client. */
  #page: Client | undefined;

  /** `end`: called when the store is closed, and after a trap. `tabs`: other tabs may be clients. */
  constructor(loadCore: LoadCore, end: () => void, tabs?: AmongTabs) {
    this.#loadCore = loadCore;
    this.#end = end;
    this.#tabs = tabs;
  }

  connectPage(post: (messages: FromHost[]) => void): Port {
    const client = new Client(this.#clientele, post, undefined);
    this.#page ??= client;
    return this.#connect(client);
  }

  connectTab(name: string, post: (messages: FromHost[]) => void): Port {
    return this.#connect(new Client(this.#clientele, post, name));
  }

  #connect(client: Client): Port {
    this.#clients.add(client);
    return {
      receive: (messages) => this.#receive(client, messages),
      disconnect: () => {
        client.disconnect();
        this.#clients.delete(client);
      },
    };
  }

  /** An exception that nobody caught. */
  failed(error: unknown): void { this.#guard.caught(error); }

  /** Tabs that had unfinished messages when the store was opened, and live. */
  async owners(): Promise<readonly string[]> { return await this.#store?.owners ?? []; }

  /** That tab is gone: what it was writing is interrupted. */
  endTab(tab: string): void {
    try {
      this.#store?.core.call('endClient', [tab], () => undefined, undefined);
    } catch {
      // It trapped: the clients have been told.
    }
  }

  /**
   * Saves all and lets the files go, so that the page, with these writers, can go on as a client of the next opening. The page
   * may be frozen any moment, so nothing is done that the next opening can do as well. Never rejects.
   */
  async handOver(writers: { writer: string; messageId: string }[]): Promise<void> {
    const store = this.#store;
    this.#store = this.#opening = undefined;
    if (!store) return;
    try {
      await new Promise<void>((resolve) => store.core.call('handOver', [writers], () => resolve(), undefined));
      this.#page?.disconnect();
      // All that was asked is done. The page is told so, however little it runs now: it must not ask again.
      this.#page?.release();
      await store.letGo();
    } catch {
      // It trapped: whoever opens it next finds what was saved.
    }
  }

  readonly #clientele: Clientele = {
    home: () => this.#tabs?.home ?? '',
    open: (request) => (this.#opening ??= this.#open(request)),
    leave: async (client, timeoutMs) => {
      const store = this.#store;
      if (!store) return false;
      if (client !== this.#page && this.#clients.size > 1) {
        await flushed(store, timeoutMs);
        return true;
      }
      this.#store = this.#opening = undefined;
      await store.close(timeoutMs);
      return false;
    },
    left: (client) => {
      if (this.#clients.delete(client) && (client === this.#page || this.#clients.size === 0)) this.#end();
    },
  };

  async #open(request: OpenRequest): Promise<OpenedStore> {
    // The page asks for this lock once it is answered, so the Worker must hold it by then.
    const living = request.lifeLock === undefined || this.#tabs ? undefined : holdForLife(request.lifeLock);
    try {
      const [store] = await Promise.all([openStore(request, this.#loadCore, this.#guard, this.#tabs), living]);
      this.#store = store;
      return store;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  /** What a client said in one turn of its own becomes one turn of the core, except where something reads what is on disk. */
  #receive(client: Client, messages: readonly ToHost[]): void {
    try {
      for (const message of messages) {
        if (message.type === 'call' && READS_OF_DISK.has(message.method)) this.#endTurn();
        else if (messages.length > 1) this.#beginTurn();
        client.receive(message);
      }
    } catch (error) {
      // After a trap the clients have been told, and nothing more happens here.
      if (!this.#over) throw error;
    }
    this.#endTurn();
  }

  #beginTurn(): void {
    if (this.#held || !this.#store) return;
    this.#store.core.beginTurn();
    this.#held = this.#store;
  }

  #endTurn(): void {
    const held = this.#held;
    this.#held = undefined;
    try {
      held?.core.endTurn();
    } catch {
      // It trapped, now or before: the clients have been told.
    }
  }

  /** Nothing of the core is called any more. */
  #trapped(error: MillraceError): void {
    this.#store = undefined;
    this.#over = true;
    for (const client of this.#clients) client.trapped(error);
    this.#end();
  }
}

function flushed({ core }: OpenedStore, timeoutMs: number): Promise<void> {
  return asked((done) => core.call('flushAll', [timeoutMs], done, undefined));
}
