/** How a stream speaks to the store, whoever has it open. */
import type { Callback } from '../../core-module.js';
import type { Calls, Method } from '../../calls.js';
import type { ToWorker } from '../../protocol.js';

export type Write = Omit<Extract<ToWorker, { type: 'write' }>, 'type' | 'id'>;

export interface Leader {
  /** The store is open in this Worker. */
  isHere(): boolean;
  call<M extends Method>(method: M, args: Parameters<Calls[M]>): Promise<ReturnType<Calls[M]>>;
  /** Without `done`: nobody waits. */
  write(write: Write, done?: Callback<void>): void;
}
