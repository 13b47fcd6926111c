/** A stream that a function of the page maps to a draft, chunk by chunk. */
import type { Draft } from '../../api.js';
import type { WireReply } from '../../calls.js';
import type { FinishPart, FinishReason, Message } from '../../types.js';
import { defined } from '../defined.js';
import { MillraceError } from '../../errors.js';
import type { Chunks } from './chunks.js';
import { PageDraft } from '../drafts/draft.js';
import { httpError } from '../../http-error.js';
import type { ActiveRun, IngestHost } from './active-runs.js';
import { mappingError, sourceError } from './ingest-errors.js';
import { RunState } from './run-state.js';
import { chunksOf, sourceOfResponse, type Source } from './stream-source.js';

/** What it returns is awaited before the next chunk. */
type Mapping = (chunk: string, draft: Draft) => unknown;

export class MappedRun implements ActiveRun {
  readonly messageId: string;
  readonly #host: IngestHost;
  readonly #draft: PageDraft;
  readonly #map: Mapping;
  readonly #state = new RunState();

  /** Resolves once the message is saved. */
  static async start(
    host: IngestHost, reply: WireReply, source: Source, map: Mapping, signal: AbortSignal | undefined,
  ): Promise<MappedRun> {
    const message = await host.connection.call('beginReply', reply);
    const run = new MappedRun(host, new PageDraft(host, message, reply.writer), map);
    run.#state.follow(signal, (reason) => run.abort(reason));
    if (source.kind === 'request') run.#state.follow(source.signal, (reason) => run.abort(reason));
    void run.#read(source);
    return run;
  }

  private constructor(host: IngestHost, draft: PageDraft, map: Mapping) {
    this.messageId = draft.id;
    this.#host = host;
    this.#draft = draft;
    this.#map = map;
    host.ingests.active.add(this);
    this.#state.onEnd(() => host.ingests.active.delete(this));
  }

  get done(): Promise<Message> { return this.#state.done; }

  abort(reason?: unknown): void { this.#state.abort(reason); }

  fail(error: Error): void {
    this.#state.abort(error);
    this.#state.reject(error);
  }

  async #read(source: Source): Promise<void> {
    const opening = this.#open(source);
    let failure: MillraceError | undefined;
    try {
      await this.#mapAll(opening);
    } catch (error) {
      failure = error as MillraceError;
    }
    // Also one that is opened only after an abort.
    opening.then((chunks) => chunks.cancel(failure), () => undefined);
    try {
      const message = await this.#finish(failure);
      if (failure) this.#state.reject(failure);
      else this.#state.resolve(message);
    } catch (error) {
      await this.#finishWithoutDraft(failure ?? (error as Error)).catch(() => undefined);
      this.#state.reject(failure ?? (error as Error));
    }
  }

  /** The draft was refused and can finish nothing. Left open, the message would take no other stream. */
  async #finishWithoutDraft({ message: why }: Error): Promise<void> {
    const { connection } = this.#host;
    const message = await connection.call('getMessage', this.messageId, false);
    if (!message || message.finishedAt !== undefined) return;
    const finish: FinishPart = { type: 'finish', reason: 'error', time: Date.now(), message: why };
    await connection.call('updateMessage', { ...message, parts: [...message.parts, finish] });
  }

  /** Throws what ended the stream before its end. */
  async #mapAll(opening: Promise<Chunks>): Promise<void> {
    const fromSource = <T>(promise: Promise<T>): Promise<T> =>
      this.#unlessAborted(promise).catch((error: unknown) => { throw sourceError(error); });
    const chunks = await fromSource(opening);
    const decoder = new TextDecoder();
    for (let more = true; more && !this.#draft.finished;) {
      const bytes = await fromSource(chunks.next());
      more = bytes !== undefined;
      const text = decoder.decode(bytes, { stream: more });
      if (text !== '') await this.#unlessAborted(this.#mapOne(text));
    }
  }

  async #mapOne(text: string): Promise<void> {
    try {
      await this.#map(text, this.#draft);
    } catch (error) {
      // A draft that was finished or refused meanwhile is not the function's fault.
      if (!this.#draft.finished) throw this.#draft.failure ?? mappingError(error);
    }
  }

  async #finish(failure: MillraceError | undefined): Promise<Message> {
    if (this.#draft.finished) await this.#draft.flush(); // by the function: maybe not durable yet
    else if (!failure) await this.#draft.finish();
    else {
      const reason: FinishReason = failure.code === 'aborted' ? 'canceled' : 'error';
      await this.#draft.finish(reason, defined({ message: failure.message, details: failure.body }));
    }
    return (await this.#host.connection.call('getMessage', this.messageId, false)) ?? this.#draft.message;
  }

  async #open(source: Source): Promise<Chunks> {
    switch (source.kind) {
      case 'pending': return this.#open(sourceOfResponse(await source.response));
      case 'request': {
        const controller = new AbortController();
        this.#state.abortion.catch((reason: unknown) => controller.abort(reason));
        return this.#open(sourceOfResponse(await fetch(source.url, { ...source.init, signal: controller.signal })));
      }
      case 'failed': throw await httpError(source.response);
      default: return chunksOf(source);
    }
  }

  #unlessAborted<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#state.abortion]);
  }
}
