import type { Calls, OwnMethods } from '../calls.js';
import type { Callback } from '../core-module.js';
import type { FromHost, ToPage, ToWorker } from '../protocol.js';

export type Asked = Calls & OwnMethods;

/** Calls that a Worker makes itself, among those of its page. The page's requests count up, these down. */
export class OwnCalls {
  readonly #say: (message: ToWorker) => void;
  readonly #asked = new Map<number, Callback<never>>();
  /** Those that wait for a leader however long that takes. */
  readonly #patient = new Set<number>();
  #lastId = 0;

  /** `say`: to whoever has the store open. */
  constructor(say: (message: ToWorker) => void) { this.#say = say; }

  call<M extends keyof Asked>(method: M, args: Parameters<Asked[M]>, done: Callback<ReturnType<Asked[M]>>): void {
    const id = this.#ask(done as Callback<never>);
    // What begins a reply takes hold of its message: whoever asked must hear of it.
    if (method === 'beginReply') this.#patient.add(id);
    this.#say({ type: 'call', id, method, args } as ToWorker);
  }

  /** The id of a write whose reply goes to `done`. */
  ask(done: Callback<never>): number {
    const id = this.#ask(done);
    this.#patient.add(id);
    return id;
  }

  /** Takes a reply. False: it is for the page. */
  heard(message: FromHost): boolean {
    if (message.type !== 'reply' || message.id >= 0) return false;
    const done = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    this.#patient.delete(message.id);
    if ('error' in message) done?.(message.error);
    else done?.(null, message.value as never);
    return true;
  }

  /** There has been no leader for too long: the error goes to who asked, if it does not wait on. False: it is for the page. */
  tooLong(reply: Extract<ToPage, { type: 'reply' }>): boolean {
    return this.#patient.has(reply.id) || this.heard(reply);
  }

  #ask(done: Callback<never>): number {
    this.#asked.set(--this.#lastId, done);
    return this.#lastId;
  }
}
