import type { Callback } from '../../core-module.js';
import { fromCore } from '../wire-error.js';

/** The answer of a call that takes a callback. Rejects with the error that it was given. */
export function asked<T>(ask: (done: Callback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => ask((error, value) => {
    if (error) reject(fromCore(error));
    else resolve(value as T);
  }));
}
