/**
 * A stream that the Worker parses.
 *
 *   Response, ReadableStream ─ transferred, or pumped where the browser cannot ─┐
 *   { url, init } ─────────── the Worker makes the request ─────────────────────┼─▶ ingest ─▶ ingested
 *   async iterable ────────── pumped: one chunk for each `pull` ────────────────┤
 *   Promise<Response> ─ the message is saved first, `source` or `fail` follows ─┤
 *   status of failure ─────── `fail` with the start of the body ────────────────┘
 */
import type { IngestOptions, StreamFormat } from '../../api.js';
import { MillraceError } from '../../errors.js';
import type { WireReply } from '../../calls.js';
import type { IngestRequest, ToPage, WireError, WireSource } from '../../protocol.js';
import type { Message } from '../../types.js';
import type { Chunks } from './chunks.js';
import { fromWire } from '../calls/connection.js';
import { httpError } from '../../http-error.js';
import { isBytes } from '../../realms.js';
import type { IngestHost, WorkerStream } from './active-runs.js';
import { sourceError, toWire } from './ingest-errors.js';
import { report } from '../events/listeners.js';
import { RunState } from './run-state.js';
import { canTransferStreams, chunksOf, sourceOfResponse, type KnownSource, type Source } from './stream-source.js';

type Ingested = Extract<ToPage, { type: 'ingested' }>;

export class WorkerRun implements WorkerStream {
  readonly messageId: string;
  readonly #host: IngestHost;
  readonly #request: Omit<IngestRequest, 'source'>;
  readonly #onUsage: IngestOptions['onUsage'];
  readonly #state = new RunState();
  /** Names the ingest to the Worker. It knows of it for sure once it has answered. */
  #id: number | undefined;
  #opened = false;
  #chunks: Chunks | undefined;
  /** What the page reported as the end of the stream. */
  #failure: MillraceError | undefined;

  /** Resolves once the message is saved. */
  static async start(
    host: IngestHost, reply: WireReply, source: Source, format: StreamFormat, options: IngestOptions,
  ): Promise<WorkerRun> {
    const run = new WorkerRun(host, { reply, format }, options);
    try {
      await run.#begin(source);
    } catch (error) {
      run.fail(error as Error);
      throw error;
    }
    return run;
  }

  private constructor(host: IngestHost, request: Omit<IngestRequest, 'source'>, { signal, onUsage }: IngestOptions) {
    this.messageId = request.reply.messageId;
    this.#host = host;
    this.#request = request;
    this.#onUsage = onUsage;
    host.ingests.active.add(this);
    this.#state.onEnd(() => {
      host.ingests.active.delete(this);
      if (this.#id !== undefined) host.ingests.byId.delete(this.#id);
    });
    this.#state.follow(signal, (reason) => this.abort(reason));
  }

  get done(): Promise<Message> { return this.#state.done; }

  abort(reason?: unknown): void {
    if (!this.#state.abort(reason)) return;
    this.#chunks?.cancel(reason);
    this.#postAbort();
  }

  fail(error: Error): void {
    this.#chunks?.cancel(error);
    this.#state.reject(error);
  }

  /** The Worker wants a chunk. */
  async pull(): Promise<void> {
    const chunks = this.#chunks;
    if (!chunks) return;
    const { connection } = this.#host;
    const ingest = this.#id!;
    try {
      const bytes = await chunks.next();
      if (this.#ended()) return;
      if (bytes === undefined) connection.post({ type: 'end', ingest });
      else if (isBytes(bytes)) connection.post({ type: 'chunk', ingest, bytes });
      else throw new MillraceError('protocol', 'A chunk is neither a Uint8Array nor a string');
    } catch (error) {
      this.#postFailure(sourceError(error));
    }
  }

  /** The Worker has all it needs. */
  enough(): void {
    this.#chunks?.cancel();
  }

  ingested({ message, error, usage }: Ingested): void {
    this.#chunks?.cancel();
    this.#host.drafts.finished(message);
    try {
      if (usage) this.#onUsage?.(usage);
    } catch (thrown) {
      report(thrown);
    }
    if (error) this.#state.reject(this.#known(error));
    else this.#state.resolve(message);
  }

  lost({ error }: Extract<ToPage, { type: 'lost' }>): void {
    this.fail(fromWire(error));
  }

  async #begin(source: Source): Promise<void> {
    if (source.kind === 'pending') {
      await this.#open({ kind: 'later' });
      void this.#await(source.response);
    } else if (source.kind === 'failed') {
      await this.#open({ kind: 'later' });
      this.#fail(source.response);
    } else {
      await this.#open(...this.#toWire(source));
    }
  }

  /** Waits for the response, the abort, or the failure of the request. */
  async #await(response: Promise<Response>): Promise<void> {
    const source = await Promise.race([response, this.#state.abortion]).then(sourceOfResponse)
      .catch((error: unknown) => sourceError(error));
    if (this.#ended()) void response.then(({ body }) => body?.cancel()).catch(() => undefined);
    else if (source instanceof MillraceError) this.#postFailure(source);
    else if (source.kind === 'failed') this.#fail(source.response);
    else this.#supply(source);
  }

  #supply(source: Exclude<KnownSource, { kind: 'failed' }>): void {
    const [wire, transfer] = this.#toWire(source);
    try {
      this.#host.connection.post({ type: 'source', ingest: this.#id!, source: wire }, transfer);
    } catch (error) {
      this.#postFailure(error as MillraceError);
    }
  }

  #fail(response: Response): void {
    void httpError(response).then((error) => this.#postFailure(error));
  }

  /** As the Worker takes it, and what is handed over with it. */
  #toWire(source: Exclude<KnownSource, { kind: 'failed' }>): [WireSource, Transferable[]?] {
    if (source.kind === 'request') {
      this.#state.follow(source.signal, (reason) => this.abort(reason));
      return [{ kind: 'request', url: source.url, init: source.init }];
    }
    if (source.kind === 'stream' && canTransferStreams()) return [{ kind: 'stream', body: source.body }, [source.body]];
    this.#chunks = chunksOf(source);
    return [{ kind: 'pump' }];
  }

  async #open(source: WireSource, transfer?: Transferable[]): Promise<void> {
    const { connection, ingests } = this.#host;
    const id = connection.nextId();
    ingests.byId.set(id, this);
    this.#id = id;
    try {
      await connection.request({ type: 'ingest', id, request: { ...this.#request, source } }, transfer);
    } catch (error) {
      ingests.byId.delete(id);
      throw error;
    }
    this.#opened = true;
    if (this.#state.aborted) this.#postAbort();
  }

  #ended(): boolean {
    return this.#state.over || this.#state.aborted !== undefined || this.#failure !== undefined;
  }

  #postFailure(error: MillraceError): void {
    if (this.#ended()) return;
    this.#failure = error;
    this.#chunks?.cancel(error);
    this.#host.connection.post({ type: 'fail', ingest: this.#id!, error: toWire(error) });
  }

  #postAbort(): void {
    const reason = this.#state.aborted?.message ?? '';
    if (this.#opened) this.#host.connection.post({ type: 'abort', ingest: this.#id!, reason });
  }

  /** The page's own error where it is the one that ended the stream: it knows the cause. */
  #known(error: WireError): MillraceError {
    return [this.#state.aborted, this.#failure].find((own) => own?.code === error.code) ?? fromWire(error);
  }
}
