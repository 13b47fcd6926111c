/**
 * The Worker of a store. It stands beside `index`, as its address is relative to the file it is written in, and the
 * package's modules are made one file there, or few.
 */
import type { OpenOptions } from './api.js';
import { MillraceError } from './errors.js';

/** What to look at when it does not start. */
export const WORKER_HINT = "Its URL has to be of the page's origin and answer with JavaScript, and the " +
  "Content-Security-Policy to have worker-src 'self'. In Vite before 8, set optimizeDeps.exclude; else use options.worker";

/** Of who opens a store where no page is: on a server that renders one, or in a test. */
export function notInABrowser(): MillraceError {
  return new MillraceError('storage-unavailable',
    'There is no Worker here: this is no page in a browser. Call openStore in the page, from an effect or event handler ' +
    "(useEffect, onMounted, onMount), not while a server renders. In tests, use storage: 'memory'.");
}

/** Starts it. Throws 'storage-unavailable'. */
export function startWorker(custom?: OpenOptions['worker']): Worker {
  if (!custom && typeof Worker === 'undefined') throw notInABrowser();
  try {
    // Written out in one piece: bundlers look for this very form.
    return custom?.() ?? new Worker(new URL('./worker/worker.js', import.meta.url), { type: 'module', name: 'millrace' });
  } catch (error) {
    if (error instanceof MillraceError) throw error;
    throw new MillraceError('storage-unavailable', `The Worker of the store could not be started: ${String(error)}. ${WORKER_HINT}`, { cause: error });
  }
}
