/**
 * The store of a Worker and the clients that it serves: each has a port and a session of its own, and they share the core.
 *
 *   page ───▶ Client ─┐
 *   tab ────▶ Client ─┼─▶ one store, one core
 *   tab ────▶ Client ─┘
 */
import type { OpenRequest, ToPage, ToWorker } from '../protocol.js';
import { Client, type Clientele } from './client.js';
import { CoreGuard } from './core/core-guard.js';
import { READS_OF_DISK } from './core/calls.js';
import { openStore, type LoadCore, type OpenedStore } from './core/open-store.js';
import { holdForLife } from './life-lock.js';
import { fromCore } from './wire-error.js';
import type { MillraceError } from '../errors.js';

/** A client's way to the host. */
export interface Port {
  /** What the client posted together. */
  receive(messages: readonly ToWorker[]): void;
  /** The client's tab is gone. */
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

  /** `end`: called when no client is left, and after a trap. */
  constructor(loadCore: LoadCore, end: () => void) {
    this.#loadCore = loadCore;
    this.#end = end;
  }

  connect(post: (messages: ToPage[]) => void): Port {
    const client = new Client(this.#clientele, post);
    this.#clients.add(client);
    return {
      receive: (messages) => this.#receive(client, messages),
      disconnect: () => {
        client.disconnect();
        void this.#clientele.leave(client, 0).finally(() => this.#clientele.left(client));
      },
    };
  }

  /** An exception that nobody caught. */
  failed(error: unknown): void { this.#guard.caught(error); }

  readonly #clientele: Clientele = {
    open: (request) => (this.#opening ??= this.#open(request)),
    leave: async (client, timeoutMs) => {
      const store = this.#store;
      if (!store) return false;
      if ([...this.#clients].some((other) => other !== client)) {
        await flushed(store, timeoutMs);
        return true;
      }
      this.#store = this.#opening = undefined;
      await store.close(timeoutMs);
      return false;
    },
    left: (client) => {
      if (this.#clients.delete(client) && this.#clients.size === 0) this.#end();
    },
  };

  async #open(request: OpenRequest): Promise<OpenedStore> {
    // The page asks for this lock once it is answered, so the Worker must hold it by then.
    const living = request.lifeLock === undefined ? undefined : holdForLife(request.lifeLock);
    try {
      const [store] = await Promise.all([openStore(request, this.#loadCore, this.#guard), living]);
      this.#store = store;
      return store;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  /** What a client said in one turn of its own becomes one turn of the core, except where something reads what is on disk. */
  #receive(client: Client, messages: readonly ToWorker[]): void {
    for (const message of messages) {
      if (message.type === 'call' && READS_OF_DISK.has(message.method)) this.#endTurn();
      else if (messages.length > 1) this.#beginTurn();
      client.receive(message);
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
    for (const client of this.#clients) client.trapped(error);
    this.#end();
  }
}

function flushed({ core }: OpenedStore, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    core.call('flushAll', [timeoutMs], (error) => {
      if (error) reject(fromCore(error));
      else resolve();
    });
  });
}
