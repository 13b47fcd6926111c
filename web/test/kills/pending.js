// @ts-check
/** The page's calls under way: none of them may stay so when the Worker is gone. */

/** @import { Store } from '../../dist/index.js' */

/** @type {Map<Promise<unknown>, string>} */
const pending = new Map();

/** @param {Promise<unknown>} promise @param {string} name */
function note(promise, name) {
  if (pending.has(promise)) return;
  pending.set(promise, name);
  const settle = () => void pending.delete(promise);
  promise.then(settle, settle);
}

/** The same object, but every promise that its methods give is noted, and those of drafts and runs that come of them. @param {any} object @param {string} name @returns {any} */
function watched(object, name) {
  return new Proxy(object, {
    get(target, key) {
      const value = Reflect.get(target, key);
      const path = `${name}.${String(key)}`;
      if (value instanceof Promise) note(value, path);
      if (typeof value === 'function') return (/** @type {unknown[]} */ ...args) => watchedResult(value.apply(target, args), path);
      return ['messages', 'sessions', 'blobs'].includes(String(key)) ? watched(value, path) : value;
    },
  });
}

/** @param {unknown} result @param {string} path @returns {unknown} */
function watchedResult(result, path) {
  if (!(result instanceof Promise)) return result;
  note(result, path);
  return result.then((value) => (value && ('appendText' in Object(value) || 'abort' in Object(value)) ? watched(value, path) : value));
}

/** @param {Store} store @returns {Store} */
export const watchedStore = (store) => watched(store, 'store');

/** Resolves when no call is under way, at the latest after so many milliseconds; with those that are. @param {number} ms */
export async function settled(ms) {
  const end = performance.now() + ms;
  while (pending.size > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  return [...new Set(pending.values())];
}
