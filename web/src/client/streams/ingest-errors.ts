import { MillraceError, type ErrorCode } from '../../errors.js';
import type { WireError } from '../../protocol.js';

const STREAM_CODES: readonly ErrorCode[] = ['aborted', 'network', 'http', 'protocol', 'invalid-argument'];

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || (error as Partial<MillraceError>).code === 'aborted');
}

export function aborted(reason?: unknown): MillraceError {
  const why = reason === undefined || isAbort(reason) ? '' : `: ${describe(reason)}`;
  return new MillraceError('aborted', `The stream was aborted${why}`, { cause: reason });
}

/** What a source failed with, as an error of this package. */
export function sourceError(error: unknown): MillraceError {
  if (error instanceof MillraceError && STREAM_CODES.includes(error.code)) return error;
  if (isAbort(error)) return aborted(error);
  return new MillraceError('network', `The stream broke off: ${describe(error)}`, { cause: error });
}

export function mappingError(error: unknown): MillraceError {
  return new MillraceError('protocol', `The mapping function threw: ${describe(error)}`, { cause: error });
}

export function toWire(error: MillraceError): WireError {
  return { ...error, message: error.message };
}
