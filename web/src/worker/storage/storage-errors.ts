/** What goes wrong with the places where stores are kept, as errors that say what to do. */
import { MillraceError } from '../../errors.js';

export function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

export function isUnavailable(error: unknown): boolean {
  return error instanceof MillraceError && error.code === 'storage-unavailable';
}

export function inUse(name: string): MillraceError {
  return new MillraceError('in-use',
    `The store "${name}" is open in another tab or window. Close it there, then try again; nothing is lost.`);
}

/** `what` is not offered here. */
export function missing(what: string): MillraceError {
  return new MillraceError('storage-unavailable',
    `This browser, or this kind of window, does not offer ${what}, which keeping a store needs. ` +
    "Private windows often do not. Use storage 'memory' to go on without saving.");
}

/** `what` is offered, but answers with an error. */
export function unavailable(what: string, error: unknown): MillraceError {
  return new MillraceError('storage-unavailable',
    `${what} could not be used: ${String(error)}. Private windows and browsers that block site data often refuse it. ` +
    "Use storage 'memory' to go on without saving.", { cause: error });
}

/** An error of a storage API at the opening of a store. */
export function explain(what: string, error: unknown): MillraceError {
  if (error instanceof MillraceError) return error;
  if (isNamed(error, 'QuotaExceededError')) {
    return new MillraceError('quota-exceeded', 'The storage quota of this origin is full: there is no room to open the store', { cause: error });
  }
  return unavailable(what, error);
}
