export type ErrorCode =
  | 'storage-unavailable' | 'quota-exceeded' | 'io' | 'corrupt' | 'newer-schema'
  | 'closed' | 'in-use' | 'not-found' | 'stale' | 'invalid-argument' | 'finished' | 'aborted'
  | 'network' | 'http' | 'protocol' | 'timeout' | 'internal';

/** What an error knows beside its code and message. */
export interface ErrorDetails {
  status?: number | undefined;
  body?: string | undefined;
  providerType?: string | undefined;
  retryAfterMs?: number | undefined;
  cause?: unknown;
}

/** The one error class of this package: tell errors apart by `code`, the message is for people. */
export class MillraceError extends Error {
  readonly code: ErrorCode;
  /** Of code 'http': the status of the response. */
  declare readonly status?: number;
  /** Of code 'http': the start of the body. */
  declare readonly body?: string;
  /** Of an error that the provider sent within the stream: its own type. */
  declare readonly providerType?: string;
  /** Milliseconds that the server asked to wait before the next try. */
  declare readonly retryAfterMs?: number;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const { cause, ...known } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    for (const [key, value] of Object.entries(known)) {
      if (value !== undefined) Object.defineProperty(this, key, { value, enumerable: true });
    }
  }
}

Object.defineProperty(MillraceError.prototype, 'name', { value: 'MillraceError' });
