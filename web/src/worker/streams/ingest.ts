/**
 * One reply on its way into its message.
 *
 *   start ──▶ message saved ──▶ read and feed, chunk by chunk ──▶ finished message durable ──▶ reported
 *                 │             (after its finish for LATE_MS more)
 *                 │ no: replied with the error      │  ▲
 *                 └─ the source is let go           │  └─ the connection was cut: `Reconnection` finds another
 *                                                   └─ abort, error: finished as canceled or error
 *
 * Invariant: the message is on disk before the first byte is asked for, and the stream ends exactly once.
 */
import type { StreamFile } from '../../core-module.js';
import { MillraceError } from '../../errors.js';
import type { IngestRequest, ToPage, ToWorker, WireError, WireSource } from '../../protocol.js';
import { isBytes } from '../../realms.js';
import { toWire } from '../wire-error.js';
import type { PageSource, Source } from './byte-source.js';
import { isCut, type Reconnection } from './reconnection.js';
import type { ReplyStream } from './reply-stream.js';
import { dropSource, openSource } from './source.js';

/** Milliseconds that a reply which has ended may keep its connection open, for the counts of tokens that come last. */
const LATE_MS = 4000;

/** How an ingest speaks to the page. */
export interface PageLink {
  tell(message: ToPage): void;
  /** Keeps a file that came in the reply; gives the id of its blob. */
  putFile: PutFile;
}

export type PutFile = (file: StreamFile) => Promise<string>;

export class Ingest {
  /** Resolves once the outcome is reported. Never rejects. */
  readonly ended: Promise<void>;

  readonly #stream: ReplyStream;
  readonly #id: number;
  readonly #request: IngestRequest;
  readonly #page: PageLink;
  #source: Source | PageSource;
  readonly #reconnection: Reconnection | undefined;
  /** Set by an abort, which may come before there is a message. */
  #failure: WireError | undefined;

  /** `reconnection`: where other connections come from; undefined: nowhere. */
  constructor(stream: ReplyStream, id: number, request: IngestRequest, page: PageLink, reconnection?: Reconnection) {
    this.#stream = stream;
    this.#id = id;
    this.#request = request;
    this.#page = page;
    this.#reconnection = reconnection;
    this.#source = this.#openSource(request.source);
    this.ended = this.#run();
  }

  /** Ends it as canceled; what had arrived is kept. */
  abort(reason: string): void {
    this.#failure ??= { code: 'aborted', message: reason };
    this.#reconnection?.cancel();
    this.#source.cancel();
  }

  /** Lets the source go: nothing is read any more. */
  drop(): void {
    this.#reconnection?.cancel();
    this.#source.cancel();
  }

  reconnected(answer: Extract<ToWorker, { type: 'reconnected' }>): void {
    if (this.#reconnection) this.#reconnection.reconnected(answer);
    else if (answer.source) dropSource(answer.source);
  }

  supply(source: WireSource): void {
    if ('supply' in this.#source) this.#source.supply(source);
    else dropSource(source);
  }
  chunk(chunk: Uint8Array | string): void { if ('chunk' in this.#source) this.#source.chunk(chunk); }
  end(): void { if ('end' in this.#source) this.#source.end(); }
  fail(error: WireError): void { if ('fail' in this.#source) this.#source.fail(error); }

  async #run(): Promise<void> {
    const stream = this.#stream;
    try {
      const message = await stream.begin(this.#request.reply);
      this.#page.tell({ type: 'reply', id: this.#id, value: message });
    } catch (error) {
      stream.delete();
      this.#source.cancel();
      this.#page.tell({ type: 'reply', id: this.#id, error: toWire(error) });
      return;
    }
    const failure = this.#failure ?? await this.#read();
    await this.#end(this.#failure ?? failure);
    stream.delete();
  }

  #openSource(source: WireSource): Source | PageSource {
    const ingest = this.#id;
    return openSource(source, {
      pull: () => this.#page.tell({ type: 'pull', ingest }),
      enough: () => this.#page.tell({ type: 'enough', ingest }),
    });
  }

  /** Feeds until the reply ends. The error it ended with, if any. */
  async #read(): Promise<WireError | undefined> {
    let cut: WireError | undefined;
    for (;;) {
      const { how, error } = await this.#readBody();
      const { connections } = this.#stream;
      // Nothing to go on with: what cut the reply counts.
      if (how === 'nothing') return cut;
      if (how === 'over' || !connections || !this.#reconnection || this.#failure) return error;
      cut = error;
      try {
        // A body that came whole is no cut.
        if (how === 'goes on' || await connections.reconnect()) this.#reconnection.progressed();
        const next = await this.#reconnection.next(connections.point(), how === 'goes on', cut);
        if (!next || 'code' in next) return next ?? cut;
        this.#source = this.#openSource(next);
        if (this.#failure) this.#source.cancel();
      } catch (trapped) {
        return toWire(trapped);
      }
    }
  }

  /** Feeds one body. 'goes on': another one follows it. 'nothing': the server has none. */
  async #readBody(): Promise<{ how: 'over' | 'goes on' | 'cut' | 'nothing'; error?: WireError }> {
    const stream = this.#stream;
    const source = this.#source;
    const patience = new Patience();
    let size: number | undefined;
    try {
      for (;;) {
        if (stream.ending()) patience.begin();
        else patience.end();
        const chunk = await patience.wait(source.next());
        const answer = source.answer?.();
        if (size === undefined && answer) stream.connections?.head(answer);
        if (this.#failure) return { how: 'over' };
        if (chunk === undefined) return { how: this.#endOfBody(size ?? 0, answer?.status) };
        size = (size ?? 0) + chunk.length;
        if (!isBytes(chunk)) {
          throw new MillraceError('invalid-argument', `The source must yield Uint8Array, not ${typeof chunk}`);
        }
        if (!await this.#storeFiles(await stream.feed(chunk))) return { how: 'over' };
      }
    } catch (failed) {
      const error = toWire(failed);
      return { how: isCut(error) && !stream.ending() ? 'cut' : 'over', error };
    } finally {
      patience.end();
      source.cancel();
    }
  }

  #endOfBody(size: number, status: number | undefined): 'over' | 'goes on' | 'cut' | 'nothing' {
    const end = this.#stream.connections?.endOfBody() ?? 'over';
    if (!this.#reconnection || end === 'over') return 'over';
    if (end === 'cut') return status === 204 ? 'nothing' : 'cut';
    // The server of a durable stream has waited before it said that nothing is new; an empty body says so at once.
    return size > 0 || status === 204 ? 'goes on' : 'cut';
  }

  /** What the stream says when no file waits any more. One for which there is no room stays in the message. */
  async #storeFiles(goesOn: boolean): Promise<boolean> {
    const stream = this.#stream;
    for (let file = stream.file(); file; file = stream.file()) {
      goesOn = stream.fileStored(await this.#page.putFile(file).catch(() => undefined));
    }
    return goesOn;
  }

  async #end(failure: WireError | undefined): Promise<void> {
    try {
      const ending = failure ? this.#stream.fail({ code: failure.code, message: failure.message }) : this.#stream.finish();
      const [{ message, error, usage }] = await Promise.all([ending, this.#storeFiles(false)]);
      // The core knows the code and what the provider said, the failure the rest (status, body, …).
      const told = error && { ...failure, ...error };
      this.#page.tell({
        type: 'ingested', ingest: this.#id, message, ...(told && { error: told }), ...(usage && { usage }),
      });
    } catch (error) {
      const lost = toWire(error);
      // Its run, or the store, ended before it did, and finished the message.
      const finished: WireError = { code: 'aborted', message: failure?.message ?? lost.message };
      this.#page.tell({ type: 'lost', ingest: this.#id, error: lost.code === 'finished' ? finished : lost });
    }
  }
}

/** A limit on how long to wait for more; none until `begin`. */
class Patience {
  #over: Promise<undefined> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Waits LATE_MS more, from the first call on. */
  begin(): void {
    this.#over ??= new Promise((resolve) => {
      this.#timer = setTimeout(() => resolve(undefined), LATE_MS);
    });
  }

  /** Undefined when it takes too long. */
  wait<T>(promise: Promise<T>): Promise<T | undefined> {
    return this.#over ? Promise.race([promise, this.#over]) : promise;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#over = undefined;
  }
}
