/**
 * A stream that the Worker reads, and parses unless a function of the page maps it.
 *
 *   Response, ReadableStream ─ transferred, or pumped where the browser cannot ─┐
 *   { url, init } ─────────── the Worker makes the request ─────────────────────┼─▶ ingest ─▶ ingested
 *   async iterable ────────── pumped: one chunk for each `pull` ────────────────┤
 *   Promise<Response> ─ the message is saved first, `source` or `fail` follows ─┤
 *   the head of a Response goes before its body, in `source` ───────────────────┘
 *
 *   The connection was cut ──▶ `reconnect` ──▶ the function of the page ──▶ `reconnected`, with a source as above
 */
import type { IngestOptions, MappedFormat } from '../../api.js';
import { MillraceError } from '../../errors.js';
import type { WireReply } from '../../calls.js';
import type { IngestRequest, ToPage, ToWorker, WireError, WireSource } from '../../protocol.js';
import type { Message } from '../../types.js';
import type { Chunks } from './chunks.js';
import { fromWire } from '../calls/connection.js';
import type { IngestHost, WorkerStream } from './active-runs.js';
import { sourceError, toWire } from './ingest-errors.js';
import { MappedDraft, type Mapping } from './mapped-draft.js';
import { PageDraft } from '../drafts/draft.js';
import { report } from '../events/listeners.js';
import { RunState } from './run-state.js';
import { canTransferStreams, chunksOf, sourceOf, sourceOfResponse, type KnownSource, type Source } from './stream-source.js';

/** What is said of a stream, but for its name. */
type OfStream = WithoutName<Extract<ToWorker, { ingest: number }>>;
type WithoutName<T> = T extends { ingest: number } ? Omit<T, 'ingest'> : never;
type Told<T extends ToPage['type']> = Extract<ToPage, { type: T }>;

export class WorkerRun implements WorkerStream {
  readonly messageId: string;
  readonly #host: IngestHost;
  readonly #request: Omit<IngestRequest, 'source'>;
  readonly #onUsage: IngestOptions['onUsage'];
  readonly #map: Mapping | undefined;
  readonly #reconnect: IngestOptions['reconnect'];
  /** With a function that maps: its draft, once the message is saved. */
  #draft: Promise<MappedDraft> | undefined;
  readonly #state = new RunState();
  /** Names the ingest to the Worker. It knows of it for sure once it has answered. */
  readonly #id: number;
  #opened = false;
  #chunks: Chunks | undefined;
  /** What the page reported as the end of the stream. */
  #failure: MillraceError | undefined;

  /** Resolves once the message is saved. */
  static async start(
    host: IngestHost, reply: WireReply, source: Source, options: IngestOptions,
  ): Promise<WorkerRun> {
    const run = new WorkerRun(host, reply, options);
    try {
      await run.#begin(source);
    } catch (error) {
      run.fail(error as Error);
      throw error;
    }
    return run;
  }

  private constructor(host: IngestHost, reply: WireReply, { format, signal, onUsage, reconnect, attempts }: IngestOptions) {
    this.messageId = reply.messageId;
    this.#host = host;
    const mapped = typeof format === 'function' ? { events: 'text' as const, map: format } : format;
    this.#map = (mapped as Partial<MappedFormat> | null)?.map;
    this.#request = {
      reply, format: this.#map ? { events: (mapped as MappedFormat).events } : mapped as string, ...(reconnect && { attempts: attempts ?? 5 }),
    };
    this.#reconnect = reconnect;
    this.#onUsage = onUsage;
    const id = this.#id = host.connection.nextId();
    host.ingests.set(id, this);
    this.#state.onEnd(() => host.ingests.delete(id));
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
    try {
      const chunk = await chunks.next();
      if (this.#ended() || chunks !== this.#chunks) return;
      this.#post(chunk === undefined ? { type: 'end' } : { type: 'chunk', chunk });
    } catch (error) {
      this.#postFailure(sourceError(error));
    }
  }

  /** The Worker has all it needs. */
  enough(): void {
    this.#chunks?.cancel();
  }

  /** The connection was cut. */
  async reconnect({ point, attempt }: Told<'reconnect'>): Promise<void> {
    this.#failure = undefined;
    try {
      const given = await this.#reconnect!(point, attempt);
      // No promise is awaited to another one.
      const [source, transfer] = given ? this.#toWire(sourceOf(given) as KnownSource) : [];
      this.#post({ type: 'reconnected', source }, transfer);
      if (this.#ended()) this.#chunks?.cancel();
    } catch (error) {
      this.#post({ type: 'reconnected', error: toWire(sourceError(error)) });
    }
  }

  async pieces({ pieces }: Told<'pieces'>): Promise<void> {
    try {
      const draft = await this.#draft!;
      this.#mapped(await Promise.race([draft.take(pieces), this.#state.abortion]));
    } catch (error) {
      if (!this.#state.aborted) this.#failure = error as MillraceError;
      this.#mapped(false, this.#state.aborted ? undefined : error as MillraceError);
    }
  }

  async finish({ error }: Told<'finish'>): Promise<void> {
    try {
      await (await this.#draft!).finish(error && this.#known(error));
      this.#mapped(false);
    } catch (lost) {
      this.#failure ??= lost as MillraceError;
      this.#mapped(false, this.#failure);
    }
  }

  ingested({ message, error, usage }: Told<'ingested'>): void {
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

  lost({ error }: Told<'lost'>): void {
    this.fail(this.#known(error));
  }

  async #begin(source: Source): Promise<void> {
    if (source.kind === 'pending') {
      await this.#open({ kind: 'later' });
      void this.#await(source.response);
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
    else this.#supply(source);
  }

  #supply(source: KnownSource): void {
    const [wire, transfer] = this.#toWire(source);
    try {
      this.#post({ type: 'source', source: wire }, transfer);
    } catch (error) {
      this.#postFailure(error as MillraceError);
    }
  }

  /** As the Worker takes it, and what is handed over with it. */
  #toWire(source: KnownSource): [WireSource, Transferable[]?] {
    if (source.kind === 'response') {
      const { status, statusText, type, headers } = source.answer;
      const [body, transfer] = this.#toWire(source.body);
      return [{ kind: 'response', answer: { status, statusText, type, headers: [...headers] }, body }, transfer];
    }
    if (source.kind === 'request') {
      this.#state.follow(source.signal, (reason) => this.abort(reason));
      return [{ kind: 'request', url: source.url, init: source.init }];
    }
    if (source.kind === 'stream' && canTransferStreams()) return [{ kind: 'stream', body: source.body }, [source.body]];
    this.#chunks = chunksOf(source);
    return [{ kind: 'pump' }];
  }

  async #open(source: WireSource, transfer?: Transferable[]): Promise<void> {
    const request = { ...this.#request, source };
    const begun = this.#host.connection.request({ type: 'ingest', id: this.#id, request }, transfer) as Promise<Message>;
    const map = this.#map;
    const draft = map && begun.then((message) => new MappedDraft(new PageDraft(this.#host, message, request.reply.writer), map));
    this.#draft = draft;
    await (draft ?? begun);
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
    this.#post({ type: 'fail', error: toWire(error) });
  }

  #mapped(more: boolean, error?: MillraceError): void {
    this.#post({ type: 'mapped', more, ...(error && { error: toWire(error) }) });
  }

  #post(message: OfStream, transfer?: Transferable[]): void {
    this.#host.connection.post({ ...message, ingest: this.#id }, transfer);
  }

  #postAbort(): void {
    const reason = this.#state.aborted?.message ?? '';
    if (this.#opened) this.#post({ type: 'abort', reason });
  }

  /** The page's own error where it is the one that ended the stream: it knows the cause. */
  #known(error: WireError): MillraceError {
    return [this.#state.aborted, this.#failure].find((own) => own?.code === error.code) ?? fromWire(error);
  }
}
