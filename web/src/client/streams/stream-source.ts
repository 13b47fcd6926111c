/** What `ingest` was given, told apart. */
import type { StreamSource } from '../../api.js';
import { isResponse, isStream } from '../../realms.js';
import { chunksOfIterable, chunksOfStream, type Chunks } from './chunks.js';
import { absoluteUrl, check, invalid } from '../calls/validate.js';

export type KnownSource =
  | { kind: 'stream'; body: ReadableStream<Uint8Array> }
  | { kind: 'chunks'; open: () => Chunks }
  | { kind: 'request'; url: string; init: RequestInit | undefined; signal: AbortSignal | undefined }
  | { kind: 'response'; answer: Response; body: KnownSource };
export type Source = KnownSource | { kind: 'pending'; response: Promise<Response> };

const SOURCES = 'a Response, a ReadableStream, an async iterable or { url, init }';

/** Throws 'invalid-argument' for a source that cannot be read, or no more. */
export function sourceOf(source: StreamSource): Source {
  if (isResponse(source)) return sourceOfResponse(source);
  if (isStream(source)) return sourceOfStream(source);
  check(typeof source === 'object' && source !== null, 'The source', SOURCES, source);
  if ('then' in source) {
    const response = Promise.resolve(source);
    // It may fail before somebody waits for it; whoever does is told.
    response.catch(() => undefined);
    return { kind: 'pending', response };
  }
  if (Symbol.asyncIterator in source) return { kind: 'chunks', open: () => chunksOfIterable(source) };
  check('url' in source, 'The source', SOURCES, source);
  return sourceOfRequest(source);
}

export function sourceOfResponse(response: Response): KnownSource {
  if (response.bodyUsed) throw invalid('The body was read already: hand it over unread');
  const body = sourceOfStream(response.body ?? new Blob().stream());
  return { kind: 'response', answer: response, body };
}

/** The source as something the page reads itself. */
export function chunksOf(source: Extract<Source, { kind: 'stream' | 'chunks' }>): Chunks {
  return source.kind === 'stream' ? chunksOfStream(source.body) : source.open();
}

function sourceOfStream(body: ReadableStream<Uint8Array>): KnownSource {
  if (body.locked) throw invalid('The stream is locked to a reader: hand it over unread');
  return { kind: 'stream', body };
}

function sourceOfRequest({ url, init }: { url: string | URL; init?: RequestInit }): KnownSource {
  const { signal, headers, ...rest } = init ?? {};
  // A Headers object cannot be sent to the Worker, its entries can.
  const sent = init && { ...rest, ...(headers && { headers: [...new Headers(headers)] }) };
  return { kind: 'request', url: absoluteUrl('The url of the source', url), init: sent, signal: signal ?? undefined };
}

let transferable: boolean | undefined;

/** Whether this browser can hand a stream to a Worker; found out by handing one over. */
export function canTransferStreams(): boolean {
  if (transferable !== undefined) return transferable;
  const { port1 } = new MessageChannel();
  try {
    const stream = new ReadableStream();
    port1.postMessage(stream, [stream]);
    transferable = true;
  } catch {
    transferable = false;
  }
  port1.close();
  return transferable;
}
