/**
 * One Worker and the calls under way to it.
 *
 * What the page says in one turn crosses as one message, so that the Worker can do it in one turn of the core: calls made
 * together share a transaction.
 *
 * Invariants:
 * 1. Every request is settled exactly once: by its reply, or by the failure of the Worker.
 * 2. After `failure` is set nothing is sent, and every request rejects with it.
 * 3. A request is copied when it is made: what the caller does to its arguments afterwards changes nothing.
 */
import type { Calls, Method } from '../../calls.js';
import { MillraceError } from '../../errors.js';
import type { ToPage, ToWorker, WireError } from '../../protocol.js';
import { workerHint } from '../../start-worker.js';
import { TurnMessages } from '../../turn-messages.js';
import { cloned, unsendable } from './validate.js';

/** What the Worker says by itself. */
export type Notice = Exclude<ToPage, { type: 'reply' | 'trapped' | 'saved' }>;

export interface ConnectionEvents {
  /** Called before each call is sent: what is to be in its answer must go first. */
  beforeCall(): void;
  notice(message: Notice): void;
  /** Called once, before the pending requests are rejected. Not called for `end`. */
  failed(error: MillraceError): void;
}

interface Pending { resolve: (value: unknown) => void; reject: (error: MillraceError) => void }

export function fromWire(error: WireError, cause?: unknown): MillraceError {
  const { code, message, ...details } = error;
  return new MillraceError(code, message, { ...details, cause });
}

export class Connection {
  readonly #worker: Worker;
  readonly #events: ConnectionEvents;
  readonly #pending = new Map<number, Pending>();
  readonly #outgoing = new TurnMessages<ToWorker>((messages) => this.#worker.postMessage(messages));
  #lastId = 0;
  #heard = false;
  #failure: MillraceError | undefined;

  constructor(worker: Worker, events: ConnectionEvents) {
    this.#worker = worker;
    this.#events = events;
    worker.addEventListener('message', (event: MessageEvent<ToPage[]>) => {
      for (const message of event.data) this.#receive(message);
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.#fail(this.#diagnose((event as Partial<ErrorEvent>).message));
    });
    worker.addEventListener('messageerror', () => {
      this.#fail(new MillraceError('internal', 'A message of the Worker could not be read'));
    });
  }

  get failure(): MillraceError | undefined { return this.#failure; }

  /** A name for a request and for what belongs to it. */
  nextId(): number { return ++this.#lastId; }

  call<M extends Method>(method: M, ...args: Parameters<Calls[M]>): Promise<ReturnType<Calls[M]>> {
    this.#events.beforeCall();
    const id = this.nextId();
    // The compiler cannot see that `method` and `args` belong together as they do in `Call`.
    return this.#ask(id, () => this.#outgoing.post({ type: 'call', id, method, args: args.map(cloned) } as ToWorker)) as Promise<ReturnType<Calls[M]>>;
  }

  /** Sends a message that is answered by a reply. Rejects with 'invalid-argument' if it cannot be sent. `transfer`: by itself, and not copied first. */
  request(message: ToWorker & { id: number }, transfer?: Transferable[]): Promise<unknown> {
    return this.#ask(message.id, () => {
      if (transfer) this.#transfer(message, transfer);
      else this.#outgoing.post(cloned(message));
    });
  }

  #ask(id: number, send: () => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#failure) throw this.#failure;
      send();
      this.#pending.set(id, { resolve, reject });
    });
  }

  /** The message is the connection's from now on. Throws 'invalid-argument' if it cannot be sent. */
  post(message: ToWorker, transfer: Transferable[] = []): void {
    if (this.#failure) return;
    if (transfer.length > 0) this.#transfer(message, transfer);
    else this.#outgoing.post(message);
  }

  /** Sends now what was said in this turn. */
  flush(): void {
    if (!this.#failure) this.#outgoing.flush();
  }

  /** The Worker has ended, and not by `end`. */
  lost(): void {
    this.#fail(ended(''));
  }

  /** Ends the Worker; everything pending and everything later rejects with `error`. */
  end(error: MillraceError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  /** What is handed over cannot be copied first, so it goes by itself, behind what was said before. */
  #transfer(message: ToWorker, transfer: Transferable[]): void {
    this.#outgoing.flush();
    try {
      this.#worker.postMessage([message], transfer);
    } catch (error) {
      throw unsendable(error);
    }
  }

  #receive(message: ToPage): void {
    this.#heard = true;
    if (message.type === 'trapped') {
      this.#fail(fromWire(message.error));
      return;
    }
    if (message.type !== 'reply') {
      this.#events.notice(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if ('error' in message) pending?.reject(fromWire(message.error));
    else pending?.resolve(message.value);
  }

  #fail(error: MillraceError): void {
    if (this.#failure) return;
    this.#events.failed(error);
    this.end(error);
  }

  #diagnose(message = ''): MillraceError {
    const why = message && `: ${message}`;
    if (this.#heard) return ended(why);
    return new MillraceError('storage-unavailable', `The Worker of the store could not be loaded${why}. ${workerHint()}`);
  }
}

function ended(why: string): MillraceError {
  return new MillraceError('internal', `The Worker of the store has ended${why}. What was acknowledged is saved: open the store again.`);
}
