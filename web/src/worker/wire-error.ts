import type { CoreError } from '../core-module.js';
import { MillraceError } from '../errors.js';
import type { WireError } from '../protocol.js';

/** An error by value. What is no MillraceError is a fault of this program: 'internal'. */
export function toWire(error: unknown): WireError {
  if (!(error instanceof MillraceError)) return { code: 'internal', message: String(error) };
  const { code, message, status, body, providerType, retryAfterMs } = error;
  return {
    code, message,
    ...(status !== undefined && { status }), ...(body !== undefined && { body }),
    ...(providerType !== undefined && { providerType }), ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

export function fromCore(error: CoreError): MillraceError {
  return new MillraceError(error.code, error.message);
}
