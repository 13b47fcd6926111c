/**
 * A reply that a function of the page maps: read here, written by a draft of the page.
 *
 *   bytes ──▶ text, or events ──▶ `pieces` to the page ──▶ its function ──▶ `mapped`: the next bytes are read
 *   the end, or an error ──▶ `finish` to the page ──▶ its draft is finished, durably ──▶ `mapped`
 */
import type { CoreError } from '../../core-module.js';
import type { WireReply } from '../../calls.js';
import { MillraceError } from '../../errors.js';
import type { Piece, ToPage, ToWorker } from '../../protocol.js';
import type { Message } from '../../types.js';
import { fromCore, toWire } from '../wire-error.js';
import { beginReply } from './begin-reply.js';
import { finishRefused } from './finish-refused.js';
import type { Leader } from './leader-calls.js';
import type { Cutter } from './pieces.js';
import type { Ended, ReplyStream } from './reply-stream.js';

type Mapped = Extract<ToWorker, { type: 'mapped' }>;

export class PageStream implements ReplyStream {
  readonly #ingest: number;
  readonly #leader: Leader;
  readonly #tell: (message: ToPage) => void;
  readonly #open: () => Promise<Cutter>;
  #cutter!: Cutter;
  #messageId = '';
  #wantsMore = true;
  /** Waits for the page, which is asked one thing at a time. */
  #answer: ((mapped: Mapped) => void) | undefined;

  /** `open`: what cuts the body into pieces for the function. */
  constructor(ingest: number, open: () => Promise<Cutter>, leader: Leader, tell: (message: ToPage) => void) {
    this.#ingest = ingest;
    this.#open = open;
    this.#leader = leader;
    this.#tell = tell;
  }

  begin(reply: WireReply): Promise<Message> {
    this.#messageId = reply.messageId;
    return beginReply(this.#leader, reply, async () => { this.#cutter = await this.#open(); });
  }

  feed(bytes: Uint8Array): Promise<boolean> { return this.#map(this.#cutter.feed(bytes)); }

  async finish(): Promise<Ended> {
    try {
      await this.#map(this.#cutter.finish());
    } catch (error) {
      return this.#end(toWire(error));
    }
    return this.#end(undefined);
  }

  fail(error: CoreError): Promise<Ended> { return this.#end(error); }

  /** The page has done what it was asked for. */
  mapped(answer: Mapped): void { this.#answer?.(answer); }

  ending(): boolean { return false; }
  file(): undefined { return undefined; }
  fileStored(): boolean { return false; }
  delete(): void { (this.#cutter as Cutter | undefined)?.delete(); }

  /** False once the page wants no more. Rejects with what its function threw. */
  async #map(pieces: Piece[]): Promise<boolean> {
    if (pieces.length === 0 || !this.#wantsMore) return this.#wantsMore;
    const { more, error } = await this.#ask({ type: 'pieces', ingest: this.#ingest, pieces });
    this.#wantsMore = more;
    if (error) throw fromCore(error);
    return more;
  }

  async #end(error: CoreError | undefined): Promise<Ended> {
    const { error: lost } = await this.#ask({ type: 'finish', ingest: this.#ingest, ...(error && { error }) });
    // The draft was refused and could finish nothing.
    if (lost) await finishRefused(this.#leader, this.#messageId, (error ?? lost).message);
    const message = await this.#leader.call('getMessage', [this.#messageId, false]);
    if (!message) throw new MillraceError('not-found', 'the message was deleted');
    if (lost) throw fromCore(error ?? lost);
    return { message, skippedLines: 0, ...(error && { error }) };
  }

  #ask(message: ToPage): Promise<Mapped> {
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#tell(message);
    });
  }
}
