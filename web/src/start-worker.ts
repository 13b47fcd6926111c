/**
 * The Worker of a store. It stands beside `index`, as its address is relative to the file it is written in, and the
 * package's modules are made one file there, or few.
 */
import type { OpenOptions } from './api.js';
import { MillraceError } from './errors.js';

/**
 * What to look at when it does not start. A page cannot learn which address was tried: bundlers write it in, and the event of the
 * failure does not tell. But it is relative to this script, which the stack names.
 */
export function workerHint(): string {
  return `It is looked for beside ${/http[^)\s]+/.exec(Error().stack!)}; it must be of the page's origin, the ` +
    "Content-Security-Policy must have worker-src 'self'. Vite before 8: optimizeDeps.exclude; else options.worker";
}

/** Of who opens a store where no page is: on a server that renders one, or in a test. */
export function notInABrowser(): MillraceError {
  return new MillraceError('storage-unavailable',
    "There is no Worker here: call openStore in the browser, in useEffect or the like. In tests: storage 'memory'.");
}

/** Starts it. Throws 'storage-unavailable'. */
export function startWorker(custom?: OpenOptions['worker']): Worker {
  if (!custom && typeof Worker === 'undefined') throw notInABrowser();
  try {
    // Written out in one piece: bundlers look for this very form.
    return custom?.() ?? new Worker(new URL('./worker/worker.js', import.meta.url), { type: 'module', name: 'millrace' });
  } catch (error) {
    if (error instanceof MillraceError) throw error;
    throw new MillraceError('storage-unavailable', `The Worker of the store could not be started: ${String(error)}. ${workerHint()}`, { cause: error });
  }
}
