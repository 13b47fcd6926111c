/**
 * The streams of a page that its own tab reads, whoever leads: those that begin while it follows, and those that a function of the
 * page maps. Each is an `Ingest` over a `RemoteStream` or a `PageStream`.
 */
import type { Callback, CoreModule, CoreStream } from '../../core-module.js';
import { MAPPED, type FromHost, type IngestRequest, type ToPage, type ToWorker } from '../../protocol.js';
import type { OwnCalls } from '../own-calls.js';
import type { Clock } from '../tabs/environment.js';
import { Ingest, type PutFile } from './ingest.js';
import { PageStream } from './page-stream.js';
import { RemoteStream, type LeaderCalls } from './remote-stream.js';
import { dropSource } from './source.js';

type OfStream = Extract<ToWorker, { type: 'ingest' | 'source' | 'chunk' | 'end' | 'fail' | 'mapped' | 'abort' }>;

export class TabStreams {
  readonly #load: () => Promise<CoreModule>;
  readonly #say: (message: ToWorker) => void;
  readonly #tell: (message: ToPage) => void;
  readonly #clock: Clock;
  readonly #ingests = new Map<number, Ingest>();
  readonly #streams = new Map<string, RemoteStream>();
  readonly #mapped = new Map<number, PageStream>();
  readonly #own: OwnCalls;
  readonly #putFile: PutFile;

  /** `say`: to the leader, whoever it is; `tell`: the page. */
  constructor(
    load: () => Promise<CoreModule>, say: (message: ToWorker) => void, own: OwnCalls, tell: (message: ToPage) => void, clock: Clock,
    putFile: PutFile,
  ) {
    this.#putFile = putFile;
    this.#load = load;
    this.#own = own;
    this.#say = say;
    this.#tell = tell;
    this.#clock = clock;
  }

  /** Takes what the page says of a stream that is read here, and while it `follows` also a new one. False: it is not for these. */
  take(message: ToWorker, follows: boolean): boolean {
    const here = message.type === 'ingest' ? follows || message.request.format === MAPPED : 'ingest' in message && this.#ingests.has(message.ingest);
    if (here) this.#receive(message as OfStream);
    return here;
  }

  #receive(message: OfStream): void {
    switch (message.type) {
      case 'ingest': return this.#begin(message);
      case 'source': {
        const ingest = this.#ingests.get(message.ingest);
        return ingest ? ingest.supply(message.source) : dropSource(message.source);
      }
      case 'chunk': return this.#ingests.get(message.ingest)?.chunk(message.chunk);
      case 'end': return this.#ingests.get(message.ingest)?.end();
      case 'fail': return this.#ingests.get(message.ingest)?.fail(message.error);
      case 'mapped': return this.#mapped.get(message.ingest)?.mapped(message);
      case 'abort': return this.#ingests.get(message.ingest)?.abort(message.reason);
    }
  }

  /** What a leader says to a stream that is read here; false: it is for the page. */
  heard(message: FromHost): boolean {
    if (message.type === 'write-failed') {
      const stream = this.#streams.get(message.writer);
      stream?.refuse(message.error);
      return stream !== undefined;
    }
    return false;
  }

  /** Ends all; resolves when they are reported. */
  async abortAll(reason: string): Promise<void> {
    const ingests = [...this.#ingests.values()];
    for (const ingest of ingests) ingest.abort(reason);
    await Promise.all(ingests.map(({ ended }) => ended));
  }

  /** Nothing is read any more. */
  dropAll(): void {
    for (const ingest of this.#ingests.values()) ingest.drop();
  }

  #begin({ id, request }: Extract<ToWorker, { type: 'ingest' }>): void {
    const stream = this.#open(id, request);
    const ingest = new Ingest({ openStream: () => stream }, id, request, {
      ask: this.#tell, answer: this.#tell, putFile: this.#putFile,
    });
    this.#ingests.set(id, ingest);
    void ingest.ended.then(() => {
      this.#ingests.delete(id);
      this.#mapped.delete(id);
      this.#streams.delete(request.reply.writer);
    });
  }

  #open(id: number, { format, reply }: IngestRequest): CoreStream {
    if (format === MAPPED) {
      const stream = new PageStream(id, this.#toLeader.call, this.#tell);
      this.#mapped.set(id, stream);
      return stream;
    }
    const stream = new RemoteStream(format, this.#load, this.#toLeader, this.#clock);
    this.#streams.set(reply.writer, stream);
    return stream;
  }

  readonly #toLeader: LeaderCalls = {
    call: (method, args, done) => this.#own.call(method, args, done),
    write: (write, done) => {
      this.#say({ type: 'write', ...write, ...(done && { id: this.#own.ask(done as Callback<never>) }) });
    },
  };
}

