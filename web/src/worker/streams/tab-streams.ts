/**
 * The streams of a page: its own tab reads them, whoever leads. Each is an `Ingest` over a `ParsedStream`, or over a `PageStream` if
 * a function of the page maps it.
 */
import type { Callback, StreamsModule } from '../../core-module.js';
import type { FromHost, IngestRequest, ToPage, ToWorker } from '../../protocol.js';
import type { StreamFormat } from '../../api.js';
import { MillraceError } from '../../errors.js';
import { asked } from '../core/asked.js';
import type { OwnCalls } from '../own-calls.js';
import type { Clock } from '../tabs/environment.js';
import { Ingest, type PutFile } from './ingest.js';
import type { Leader } from './leader-calls.js';
import { PageStream } from './page-stream.js';
import { ParsedStream } from './parsed-stream.js';
import { cutEvents, cutText } from './pieces.js';
import { Reconnection, type Place } from './reconnection.js';
import type { ReplyStream } from './reply-stream.js';
import { toWire } from '../wire-error.js';
import { dropSource } from './source.js';

const FORMATS: readonly string[] = [
  'openai-chat', 'openai-responses', 'anthropic', 'ai-sdk', 'ag-ui', 'ndjson', 'text',
] satisfies readonly StreamFormat[];

const EVENTS: readonly string[] = ['sse', 'ndjson', 'text'];

type OfStream = Extract<ToWorker, { type: 'ingest' | 'source' | 'reconnected' | 'chunk' | 'end' | 'fail' | 'mapped' | 'abort' }>;

/** What the streams use of their tab. */
export interface StreamsOfTab {
  load(): Promise<StreamsModule>;
  /** To whoever has the store open. */
  say(message: ToWorker): void;
  tell(message: ToPage): void;
  /** The store is open in this Worker. */
  isHere(): boolean;
  putFile: PutFile;
  clock: Clock;
  whenOnline: Place['whenOnline'];
}

export class TabStreams {
  readonly #tab: StreamsOfTab;
  readonly #own: OwnCalls;
  readonly #ingests = new Map<number, Ingest>();
  readonly #parsed = new Map<string, ParsedStream>();
  readonly #mapped = new Map<number, PageStream>();

  constructor(tab: StreamsOfTab, own: OwnCalls) {
    this.#tab = tab;
    this.#own = own;
  }

  /** Takes what the page says of a stream. False: it is about something else. */
  take(message: ToWorker): boolean {
    const taken = message.type === 'ingest' || 'ingest' in message;
    if (taken) this.#receive(message as OfStream);
    return taken;
  }

  #receive(message: OfStream): void {
    if (message.type === 'ingest') return this.#begin(message);
    const ingest = this.#ingests.get(message.ingest);
    switch (message.type) {
      case 'source': return ingest ? ingest.supply(message.source) : dropSource(message.source);
      case 'reconnected': return ingest ? ingest.reconnected(message) : message.source && dropSource(message.source);
      case 'chunk': return ingest?.chunk(message.chunk);
      case 'end': return ingest?.end();
      case 'fail': return ingest?.fail(message.error);
      case 'mapped': return this.#mapped.get(message.ingest)?.mapped(message);
      case 'abort': return ingest?.abort(message.reason);
    }
  }

  /** What a leader says to a stream; false: it is for the page. */
  heard(message: FromHost): boolean {
    if (message.type === 'write-failed') {
      const stream = this.#parsed.get(message.writer);
      stream?.refuse(message.error);
      return stream !== undefined;
    }
    return false;
  }

  /** Ends all. Resolves when they are reported, after `timeoutMs` at the latest. */
  async abortAll(reason: string, timeoutMs: number): Promise<void> {
    const ingests = [...this.#ingests.values()];
    for (const ingest of ingests) ingest.abort(reason);
    if (ingests.length === 0) return;
    let tooLong: (() => void) | undefined;
    const timeout = new Promise<void>((resolve) => { tooLong = this.#tab.clock.after(timeoutMs, resolve); });
    await Promise.race([Promise.all(ingests.map(({ ended }) => ended)), timeout]);
    tooLong?.();
  }

  /** Nothing is read any more. */
  dropAll(): void {
    for (const ingest of this.#ingests.values()) ingest.drop();
  }

  #begin({ id, request }: Extract<ToWorker, { type: 'ingest' }>): void {
    const wrong = wrongIn(request);
    if (wrong !== undefined) return this.#refuse(id, request, wrong);
    const { attempts } = request;
    const reconnection = attempts === undefined ? undefined : new Reconnection(id, attempts, this.#tab, this.#tab.tell);
    const page = { tell: this.#tab.tell, putFile: this.#tab.putFile };
    const ingest = new Ingest(this.#open(id, request), id, request, page, reconnection);
    this.#ingests.set(id, ingest);
    void ingest.ended.then(() => {
      this.#ingests.delete(id);
      this.#mapped.delete(id);
      this.#parsed.delete(request.reply.writer);
    });
  }

  #refuse(id: number, { source }: IngestRequest, why: string): void {
    dropSource(source);
    this.#tab.tell({ type: 'reply', id, error: toWire(new MillraceError('invalid-argument', why)) });
  }

  #open(id: number, { format, reply }: IngestRequest): ReplyStream {
    if (typeof format === 'object') {
      const { events } = format;
      const cutter = events === 'text' ? async () => cutText() : async () => cutEvents(await this.#tab.load(), events);
      const stream = new PageStream(id, cutter, this.#leader, this.#tab.tell);
      this.#mapped.set(id, stream);
      return stream;
    }
    const stream = new ParsedStream(format, () => this.#tab.load(), this.#leader, this.#tab.clock);
    this.#parsed.set(reply.writer, stream);
    return stream;
  }

  readonly #leader: Leader = {
    isHere: () => this.#tab.isHere(),
    call: (method, args) => asked((done) => this.#own.call(method, args, done)),
    write: (write, done) => {
      this.#tab.say({ type: 'write', ...write, ...(done && { id: this.#own.ask(done as Callback<never>) }) });
    },
  };
}

/** What no reply could be begun with. */
function wrongIn({ format, attempts }: IngestRequest): string | undefined {
  if (typeof format === 'object' && format !== null) {
    if (!EVENTS.includes(format.events)) return `format.events must be one of ${EVENTS.join(', ')}, got ${JSON.stringify(format.events)}`;
  } else if (!FORMATS.includes(format)) {
    return `format must be one of ${FORMATS.join(', ')}, { events, map } or a function, got ${JSON.stringify(format)}`;
  }
  if (attempts === undefined) return undefined;
  if (typeof format === 'object') return '`reconnect` needs a format by name: what a function makes of events cannot be recognised when they come again';
  return Number.isInteger(attempts) && attempts > 0 ? undefined : `attempts is ${attempts}; expected an integer of 1 and more`;
}
