import type { Blobs } from '../../api.js';
import { MillraceError } from '../../errors.js';
import { isBlob, isBytes, isStream } from '../../realms.js';
import type { BlobInfo } from '../../types.js';
import type { SharedStore } from '../shared-store.js';
import { chunksOfStream } from '../streams/chunks.js';
import { aborted } from '../streams/ingest-errors.js';
import { canTransferStreams } from '../streams/stream-source.js';
import { callWith } from './call-with.js';
import { check, checkFields, checkId, checkSignal, checkText, invalid } from './validate.js';

/** `use` throws 'closed' once the handle is. */
export function blobsOf(use: () => SharedStore): Blobs {
  const call = callWith(use);
  return {
    async put(data, options = {}) {
      checkFields('put', options, ['mediaType', 'signal']);
      const { signal, mediaType } = options;
      checkSignal(signal);
      const source = sourceOf(data);
      const type = mediaType ?? ((isBlob(source) && source.type) || 'application/octet-stream');
      checkText('mediaType', type);
      if (signal?.aborted) throw aborted(signal.reason);
      return send(use(), isStream(source) && !canTransferStreams() ? await gathered(source, signal) : source, type, signal);
    },
    get: async (id) => {
      checkId('The id of a blob', id);
      const { connection } = use();
      return await connection.request({ type: 'get-blob', id: connection.nextId(), blob: id }) as Blob | undefined;
    },
    info: (id) => call('blobInfo', id),
    usage: async () => use().connection.call('blobUsage'),
  };
}

async function send(
  { connection }: SharedStore, source: Blob | ReadableStream<Uint8Array>, mediaType: string, signal: AbortSignal | undefined,
): Promise<BlobInfo> {
  const id = connection.nextId();
  const abort = (): void => connection.post({ type: 'abort', ingest: id, reason: aborted(signal!.reason).message });
  signal?.addEventListener('abort', abort);
  try {
    const message = { type: 'put-blob', id, source, mediaType } as const;
    return await connection.request(message, isStream(source) ? [source] : []) as BlobInfo;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function sourceOf(data: unknown): Blob | ReadableStream<Uint8Array> {
  if (isBlob(data) || isStream(data)) return data;
  const bytes = isBytes(data) || data instanceof ArrayBuffer;
  check(bytes, 'The data', 'a Blob, an ArrayBuffer, a Uint8Array or a ReadableStream', data);
  return new Blob([data as BlobPart]);
}

/** For browsers that cannot hand a stream over. Blobs of its pieces keep them out of the page's memory. */
async function gathered(stream: ReadableStream<Uint8Array>, signal?: AbortSignal): Promise<Blob> {
  const pieces: Blob[] = [];
  const chunks = chunksOfStream(stream);
  try {
    for (let piece = await chunks.next(); piece !== undefined; piece = await chunks.next()) {
      if (signal?.aborted) throw aborted(signal.reason);
      if (!isBytes(piece)) throw invalid('The stream of a blob must yield Uint8Array');
      pieces.push(new Blob([piece as BlobPart]));
    }
  } catch (error) {
    chunks.cancel(error);
    throw error instanceof MillraceError ? error
      : new MillraceError('io', `The blob's content could not be read: ${String(error)}`, { cause: error });
  }
  return new Blob(pieces);
}
