import type { Calls, Method } from '../../calls.js';
import type { SharedStore } from '../shared-store.js';
import { checkId } from './validate.js';

/** Calls whose first argument is an id, which is `what`. Rejects with 'closed' once `use` throws that. */
export function callWith(use: () => SharedStore, what: string) {
  return async <M extends Method>(method: M, ...args: Parameters<Calls[M]>): Promise<ReturnType<Calls[M]>> => {
    const { connection } = use();
    checkId(what, args[0]);
    return connection.call(method, ...args);
  };
}
