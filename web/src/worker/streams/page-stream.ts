/**
 * A reply that a function of the page maps (`CoreStream`): read here, written by a draft of the page.
 *
 *   bytes ──▶ text ──▶ `pieces` to the page ──▶ its function ──▶ `mapped`: the next bytes are read
 *   the end, or an error ──▶ `finish` to the page ──▶ its draft is finished, durably ──▶ `mapped`
 */
import type { Callback, CoreError, CoreStream, StreamEnd } from '../../core-module.js';
import type { WireReply } from '../../calls.js';
import type { ToPage, ToWorker } from '../../protocol.js';
import type { FinishPart, Message } from '../../types.js';
import { fromCore, toWire } from '../wire-error.js';
import type { LeaderCalls } from './remote-stream.js';

type Mapped = Extract<ToWorker, { type: 'mapped' }>;

export class PageStream implements CoreStream {
  readonly #ingest: number;
  readonly #call: LeaderCalls['call'];
  readonly #tell: (message: ToPage) => void;
  readonly #decoder = new TextDecoder();
  #messageId = '';
  /** Waits for the page, which is asked one thing at a time. */
  #answer: ((mapped: Mapped) => void) | undefined;

  constructor(ingest: number, call: LeaderCalls['call'], tell: (message: ToPage) => void) {
    this.#ingest = ingest;
    this.#call = call;
    this.#tell = tell;
  }

  begin(reply: WireReply, done: Callback<Message>): void {
    this.#messageId = reply.messageId;
    this.#call('beginReply', [reply], done);
  }

  feed(bytes: Uint8Array): Promise<boolean> { return this.#map(this.#decoder.decode(bytes, { stream: true })); }

  finish(done: Callback<StreamEnd>): void {
    this.#map(this.#decoder.decode()).then(() => this.#end(undefined, done), (error: unknown) => this.#end(toWire(error), done));
  }

  fail(error: CoreError, done: Callback<StreamEnd>): void { void this.#end(error, done); }

  /** The page has done what it was asked for. */
  mapped(answer: Mapped): void { this.#answer?.(answer); }

  ending(): boolean { return false; }
  file(): undefined { return undefined; }
  fileStored(): boolean { return false; }
  delete(): void { /* nothing of the core is used */ }

  /** False once the page wants no more. Rejects with what its function threw. */
  async #map(text: string): Promise<boolean> {
    if (text === '') return true;
    const { more, error } = await this.#ask({ type: 'pieces', ingest: this.#ingest, pieces: [text] });
    if (error) throw fromCore(error);
    return more;
  }

  async #end(error: CoreError | undefined, done: Callback<StreamEnd>): Promise<void> {
    const { error: lost } = await this.#ask({ type: 'finish', ingest: this.#ingest, ...(error && { error }) });
    const answer: Callback<Message> = (failed, message) => {
      if (lost) done(error ?? lost);
      else if (failed) done(failed);
      else done(null, { message: message!, skippedLines: 0, ...(error && { error }) });
    };
    this.#call('getMessage', [this.#messageId, false], (failed, message) => {
      if (!message) answer(failed ?? { code: 'not-found', message: 'the message was deleted' });
      else if (lost && message.finishedAt === undefined) this.#finishWithoutDraft(message, (error ?? lost).message, answer);
      else answer(null, message);
    });
  }

  /** The draft was refused and can finish nothing. Left open, the message would take no other stream. */
  #finishWithoutDraft(message: Message, why: string, done: Callback<Message>): void {
    const finish: FinishPart = { type: 'finish', reason: 'error', time: Date.now(), message: why };
    this.#call('updateMessage', [{ ...message, parts: [...message.parts, finish] }], done);
  }

  #ask(message: ToPage): Promise<Mapped> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#tell(message);
    });
  }
}
