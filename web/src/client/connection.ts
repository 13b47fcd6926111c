/**
 * One Worker and the calls under way to it.
 *
 * Invariants:
 * 1. Every request is settled exactly once: by its reply, or by the failure of the Worker.
 * 2. After `failure` is set nothing is sent, and every request rejects with it.
 */
import { MillraceError } from '../errors.js';
import type { Calls, Method, ToPage, ToWorker, WireError } from '../protocol.js';
import { WORKER_HINT } from '../start-worker.js';
import { invalid } from './validate.js';

/** What the Worker says by itself. */
export type Notice = Exclude<ToPage, { type: 'reply' }>;

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
  #lastId = 0;
  #heard = false;
  #failure: MillraceError | undefined;

  constructor(worker: Worker, events: ConnectionEvents) {
    this.#worker = worker;
    this.#events = events;
    worker.addEventListener('message', (event: MessageEvent<ToPage>) => this.#receive(event.data));
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
    return this.request({ type: 'call', id, method, args } as ToWorker & { id: number }) as Promise<ReturnType<Calls[M]>>;
  }

  /** Sends a message that is answered by a reply. Rejects with 'invalid-argument' if it cannot be sent. */
  request(message: ToWorker & { id: number }, transfer: Transferable[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#failure) throw this.#failure;
      try {
        this.#worker.postMessage(message, transfer);
      } catch (error) {
        throw invalid(`An argument cannot be sent to the Worker: ${String(error)}`, error);
      }
      this.#pending.set(message.id, { resolve, reject });
    });
  }

  post(message: ToWorker): void {
    if (!this.#failure) this.#worker.postMessage(message);
  }

  /** Ends the Worker; everything pending and everything later rejects with `error`. */
  end(error: MillraceError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#worker.terminate();
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #receive(message: ToPage): void {
    this.#heard = true;
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
    if (this.#heard) {
      return new MillraceError('internal', `The Worker of the store stopped: ${message || 'unknown error'}. Open the store again.`);
    }
    return new MillraceError('storage-unavailable',
      `The Worker of the store could not be loaded${message && `: ${message}`}. ${WORKER_HINT}`);
  }
}
