/** The streams that a page reads while its tab follows: each is an `Ingest` over a `RemoteStream`. */
import type { Callback, CoreModule } from '../../core-module.js';
import type { FromHost, ToPage, ToWorker } from '../../protocol.js';
import type { OwnCalls } from '../own-calls.js';
import { Ingest } from '../streams/ingest.js';
import { dropSource } from '../streams/source.js';
import type { Clock } from './environment.js';
import { RemoteStream, type LeaderCalls } from './remote-stream.js';

type OfStream = Extract<ToWorker, { type: 'ingest' | 'source' | 'chunk' | 'end' | 'fail' | 'abort' }>;

export class FollowerStreams {
  readonly #load: () => Promise<CoreModule>;
  readonly #say: (message: ToWorker) => void;
  readonly #tell: (message: ToPage) => void;
  readonly #clock: Clock;
  readonly #ingests = new Map<number, Ingest>();
  readonly #streams = new Map<string, RemoteStream>();
  readonly #own: OwnCalls;

  /** `say`: to the leader, whoever it is; `tell`: the page. */
  constructor(
    load: () => Promise<CoreModule>, say: (message: ToWorker) => void, own: OwnCalls, tell: (message: ToPage) => void, clock: Clock,
  ) {
    this.#load = load;
    this.#own = own;
    this.#say = say;
    this.#tell = tell;
    this.#clock = clock;
  }

  /** Takes what the page says of a stream that is read here, and with `begin` also a new one. False: it is not for these. */
  take(message: ToWorker, begin: boolean): boolean {
    const here = message.type === 'ingest' ? begin : 'ingest' in message && this.#ingests.has(message.ingest);
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
      case 'chunk': return this.#ingests.get(message.ingest)?.chunk(message.bytes);
      case 'end': return this.#ingests.get(message.ingest)?.end();
      case 'fail': return this.#ingests.get(message.ingest)?.fail(message.error);
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
    const stream = new RemoteStream(request.format, this.#load, this.#toLeader, this.#clock);
    this.#streams.set(request.reply.writer, stream);
    const ingest = new Ingest({ openStream: () => stream }, id, request, { ask: this.#tell, answer: this.#tell });
    this.#ingests.set(id, ingest);
    void ingest.ended.then(() => {
      this.#ingests.delete(id);
      this.#streams.delete(request.reply.writer);
    });
  }

  readonly #toLeader: LeaderCalls = {
    call: (method, args, done) => this.#own.call(method, args, done),
    write: (write, done) => {
      this.#say({ type: 'write', ...write, ...(done && { id: this.#own.ask(done as Callback<never>) }) });
    },
  };
}

