import type { Calls, Method } from '../../calls.js';
import type { SharedStore } from '../shared-store.js';
import { checkId } from './validate.js';

/** Calls whose first argument is an id. They reject with 'closed' once `use` throws that. */
export function callWith(use: () => SharedStore) {
  return async <M extends Method>(method: M, ...args: Parameters<Calls[M]>): Promise<ReturnType<Calls[M]>> => {
    const { connection } = use();
    checkId(`The id given to ${method}`, args[0]);
    return connection.call(method, ...args);
  };
}
