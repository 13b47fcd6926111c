/**
 * Checks of arguments that must not get as far as the Worker: what the page itself works with, and
 * what would mean something else there. The shape of messages and parts, whether an id exists and
 * whether a change is allowed are the core's to judge; it answers with the same code.
 */
import { MillraceError } from '../../errors.js';
import { isAbortSignal, isBlob } from '../../realms.js';

export function invalid(message: string, cause?: unknown): MillraceError {
  return new MillraceError('invalid-argument', message, { cause });
}

/** Throws "<what> must be <kind>, got <value>" unless `ok`. */
export function check(ok: boolean, what: string, kind: string, value: unknown): void {
  if (ok) return;
  const got = typeof value === 'object' && value ? 'an object' : JSON.stringify(value) ?? typeof value;
  throw invalid(`${what} must be ${kind}, got ${got}`);
}

/** Half a surrogate pair cannot be stored: two such names would be one. */
export function checkId(what: string, id: unknown): void {
  check(typeof id === 'string' && id !== '' && !/\p{Cs}/u.test(id), what, 'a non-empty string of whole characters', id);
}

/** An option that nobody reads would be lost in silence. Fields that are undefined are none. */
export function checkFields(what: string, value: object, known: readonly string[]): void {
  for (const [key, field] of Object.entries(value)) {
    if (field !== undefined && !known.includes(key)) throw invalid(`${what} has no "${key}": it has ${known.join(', ')}`);
  }
}

export function checkOptionalId(what: string, id: unknown): void {
  if (id !== undefined) checkId(what, id);
}

export function checkText(what: string, text: unknown): void {
  check(typeof text === 'string', what, 'a string', text);
}

/** Milliseconds; `undefined` stands for the default. */
export function checkDuration(what: string, ms: unknown, least: number): void {
  check(ms === undefined || (Number.isFinite(ms) && (ms as number) >= least), what, 'a number of milliseconds', ms);
}

export function checkSignal(signal: unknown): void {
  check(signal === undefined || isAbortSignal(signal), 'signal', 'an AbortSignal', signal);
}

export function checkFunction(what: string, value: unknown): void {
  check(typeof value === 'function', what, 'a function', value);
}

export function checkObject(what: string, value: unknown): void {
  check(typeof value === 'object' && value !== null, what, 'an object', value);
}

export function oneOf(what: string, value: unknown, allowed: readonly string[]): void {
  check(allowed.includes(value as string), what, `one of ${allowed.join(', ')}`, value);
}

/** A copy of an argument that is kept. A Blob never changes. */
export function cloned<T>(value: T): T {
  try {
    return isBlob(value) ? value : structuredClone(value);
  } catch (error) {
    throw unsendable(error);
  }
}

export function unsendable(error: unknown): MillraceError {
  return invalid(`An argument cannot be sent to the Worker: ${String(error)}`, error);
}

/** The URL relative to the page, because the Worker has another address. */
export function absoluteUrl(what: string, url: string | URL): string {
  try {
    return new URL(url, globalThis.document?.baseURI).href;
  } catch (error) {
    throw invalid(`${what} is no URL: ${String(url)}`, error);
  }
}
