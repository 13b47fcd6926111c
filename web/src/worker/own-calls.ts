import type { Calls, OwnMethods } from '../calls.js';
import type { Callback } from '../core-module.js';
import type { FromHost, ToWorker } from '../protocol.js';

export type Asked = Calls & OwnMethods;

/** Calls that a Worker makes itself, among those of its page. The page's requests count up, these down. */
export class OwnCalls {
  readonly #say: (message: ToWorker) => void;
  readonly #asked = new Map<number, Callback<never>>();
  #lastId = 0;

  /** `say`: to whoever has the store open. */
  constructor(say: (message: ToWorker) => void) { this.#say = say; }

  call<M extends keyof Asked>(method: M, args: Parameters<Asked[M]>, done: Callback<ReturnType<Asked[M]>>): void {
    this.#say({ type: 'call', id: this.ask(done as Callback<never>), method, args } as ToWorker);
  }

  /** The id of a request whose reply goes to `done`. */
  ask(done: Callback<never>): number {
    this.#asked.set(--this.#lastId, done);
    return this.#lastId;
  }

  /** Takes a reply. False: it is for the page. */
  heard(message: FromHost): boolean {
    if (message.type !== 'reply' || message.id >= 0) return false;
    const done = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if ('error' in message) done?.(message.error);
    else done?.(null, message.value as never);
    return true;
  }
}

