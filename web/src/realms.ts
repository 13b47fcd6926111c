/**
 * What a value is, whichever realm made it. A test runner's document (jsdom) is a realm of its own, and so is the code that
 * it runs: an `instanceof` there says no to what Node made.
 */

export function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]';
}

export function isBlob(value: unknown): value is Blob {
  return has(value, 'slice') && 'size' in (value as object) && 'type' in (value as object);
}

export function isAbortSignal(value: unknown): value is AbortSignal {
  return has(value, 'addEventListener') && 'aborted' in (value as object);
}

export function isResponse(value: unknown): value is Response {
  return has(value, 'arrayBuffer') && 'status' in (value as object) && 'body' in (value as object);
}

export function isStream(value: unknown): value is ReadableStream {
  return has(value, 'getReader');
}

function has(value: unknown, method: string): boolean {
  return typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)[method] === 'function';
}
