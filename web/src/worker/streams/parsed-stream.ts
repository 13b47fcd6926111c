/**
 * A reply in a provider's format: parsed by the reader of this tab's Worker, written to whoever leads. So it lives as long as its
 * tab.
 *
 *   bytes ──▶ the reader ──▶ mutations ──▶ the store is open in this Worker: `write` at once
 *                                └───────▶ in another tab: merged for MERGE_MS, then `write` to the leader
 */
import type { CoreError, CoreReader, StreamFile, StreamsModule, WireMutation } from '../../core-module.js';
import type { WireReply } from '../../calls.js';
import { MillraceError } from '../../errors.js';
import type { ResumePoint } from '../../api.js';
import type { Answer } from '../../protocol.js';
import type { Message, Part } from '../../types.js';
import type { Clock } from '../tabs/environment.js';
import { fromCore } from '../wire-error.js';
import { beginReply } from './begin-reply.js';
import { finishRefused } from './finish-refused.js';
import type { Leader } from './leader-calls.js';
import type { Connections, Ended, ReplyStream } from './reply-stream.js';

/** As long as a draft's deltas wait on a page. */
const MERGE_MS = 10;

type Delta = Extract<WireMutation, { op: 'appendText' | 'appendReasoning' | 'appendToolInput' }>;

export class ParsedStream implements ReplyStream, Connections {
  readonly connections = this;
  readonly writer: { name: string; messageId: string } = { name: '', messageId: '' };
  readonly #format: string;
  readonly #load: () => Promise<StreamsModule>;
  readonly #leader: Leader;
  readonly #clock: Clock;
  #reader!: CoreReader;
  /** Its module trapped: the reader is never asked again. */
  #trapped = false;
  #version = 0;
  #sessionId = '';
  /** Of the message, when its connection began. */
  #size = 0;
  /** The newest point that was sent. */
  #point = '';
  #waiting: WireMutation[] = [];
  #cancel: (() => void) | undefined;
  #refused: CoreError | undefined;
  /** Waits until the reader is done, and a file that came last is stored. */
  #done: (() => void) | undefined;

  constructor(format: string, load: () => Promise<StreamsModule>, leader: Leader, clock: Clock) {
    this.#format = format;
    this.#load = load;
    this.#leader = leader;
    this.#clock = clock;
  }

  async begin(reply: WireReply): Promise<Message> {
    this.writer.name = reply.writer;
    this.writer.messageId = reply.messageId;
    this.#sessionId = reply.sessionId;
    // On its way meanwhile.
    this.#load().catch(() => undefined);
    const message = await beginReply(this.#leader, reply, async ({ id, parts }) => {
      const point = reply.resume && parts.length > 0 ? await this.#leader.call('resumePoint', [id]) : undefined;
      this.#size = sizeOf(parts);
      const module = await this.#load();
      const reader = module.openReader(this.#format, parts, point ? JSON.stringify(point) : '', !this.#leader.isHere());
      if (!reader) throw new MillraceError('invalid-argument', `The format "${this.#format}" is not one this version reads`);
      this.#reader = reader;
    });
    this.#version = message.version + 1;
    return message;
  }

  feed(bytes: Uint8Array): boolean {
    this.#take(this.#written((reader) => reader.feed(bytes)));
    return this.#goesOn();
  }

  ending(): boolean { return this.#reader.ending(); }

  file(): StreamFile | undefined { return this.#trapped ? undefined : this.#reader.file(); }

  fileStored(blob: string | undefined): boolean {
    this.#take(this.#written((reader) => reader.fileStored(blob)));
    if (this.#reader.done()) this.#done?.();
    return this.#goesOn();
  }

  head({ headers }: Answer): void {
    const { 'stream-next-offset': offset, 'stream-closed': closed } = Object.fromEntries(headers) as Record<string, string | undefined>;
    if (offset) this.#reader.endsAtOffset(offset, closed === 'true');
  }

  endOfBody(): 'goes on' | 'cut' | 'over' {
    if (this.#reader.endOfBody()) return 'goes on';
    // A text has no end of its own.
    return this.#format === 'text' || this.#reader.ending() ? 'over' : 'cut';
  }

  point(): ResumePoint {
    const { messageId } = this.writer;
    return { messageId, sessionId: this.#sessionId, ...JSON.parse(this.#reader.point(false)) as Omit<ResumePoint, 'messageId' | 'sessionId'> };
  }

  async reconnect(): Promise<boolean> {
    this.#send();
    const message = await this.#leader.call('getMessage', [this.writer.messageId, false]);
    const parts = message?.parts ?? [];
    this.#reader.reconnect(parts);
    const before = this.#size;
    this.#size = sizeOf(parts);
    return this.#size > before;
  }

  finish(): Promise<Ended> { return this.#finish((reader) => reader.finish()); }

  fail(error: CoreError): Promise<Ended> { return this.#finish((reader) => reader.fail(error)); }

  /** The leader refuses what it writes: the message was deleted, or finished by somebody else. */
  refuse(error: CoreError): void { this.#refused ??= error; }

  delete(): void {
    this.#cancel?.();
    if (!this.#trapped) (this.#reader as CoreReader | undefined)?.delete();
  }

  #written(step: (reader: CoreReader) => WireMutation[]): WireMutation[] {
    try {
      return step(this.#reader);
    } catch (error) {
      this.#trapped = true;
      throw error;
    }
  }

  async #finish(last: (reader: CoreReader) => WireMutation[]): Promise<Ended> {
    try {
      this.#take(this.#written(last));
    } catch (trapped) {
      // The reader can not even say how it ends. What it wrote before stays.
      return this.#giveUp(trapped as MillraceError);
    }
    return this.#end();
  }

  #goesOn(): boolean { return !this.#reader.done() && this.#refused === undefined; }

  async #end(): Promise<Ended> {
    if (!this.#reader.done()) await new Promise<void>((resolve) => { this.#done = resolve; });
    if (this.#refused) return this.#giveUp(fromCore(this.#refused));
    const end = this.#reader.end();
    await new Promise<void>((resolve, reject) => this.#send((error) => {
      if (error) reject(fromCore(error));
      else resolve();
    }, end.usage));
    const message = await this.#leader.call('getMessage', [this.writer.messageId, false]);
    if (!message) throw new MillraceError('not-found', 'the message was deleted');
    return { ...end, message };
  }

  async #giveUp(why: MillraceError): Promise<never> {
    await finishRefused(this.#leader, this.writer.messageId, why.message);
    throw why;
  }

  #take(mutations: WireMutation[]): void {
    if (mutations.length === 0) return;
    if (this.#leader.isHere()) {
      // The core merges what comes in a window, and counts each delta.
      this.#waiting.push(...mutations);
      if (!this.#reader.done()) this.#send();
      return;
    }
    for (const mutation of mutations) this.#merge(mutation);
    this.#cancel ??= this.#clock.after(MERGE_MS, () => this.#send());
  }

  #merge(mutation: WireMutation): void {
    const last = this.#waiting.at(-1);
    if (isDelta(mutation) && last && isDelta(last) && sameTarget(last, mutation)) last.text += mutation.text;
    else this.#waiting.push(mutation);
  }

  #send(done?: (error: CoreError | null) => void, usage?: Ended['usage']): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const mutations = this.#waiting;
    this.#waiting = [];
    const resume = this.#newPoint(mutations);
    if (mutations.length === 0 && !done) return;
    const version = this.#version;
    this.#version += mutations.length;
    const { name: writer, messageId } = this.writer;
    this.#leader.write({ messageId, writer, version, others: 0, mutations, ...(usage && { usage }), ...(resume && { resume }) }, done);
  }

  /** Where the stream is after them, if that is not known yet. What is written anew is one change with its point. */
  #newPoint(mutations: readonly WireMutation[]): string | undefined {
    if (this.#trapped || mutations.length === 0) return undefined;
    const point = this.#reader.point(true);
    if (point === this.#point && !mutations.some(({ op }) => op === 'reset')) return undefined;
    this.#point = point;
    return point;
  }
}

/** Grows with each delta. */
function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((size, part) => size + 1 + ('text' in part ? part.text : 'input' in part ? part.input : '').length, 0);
}

function isDelta(mutation: WireMutation): mutation is Delta {
  return mutation.op === 'appendText' || mutation.op === 'appendReasoning' || mutation.op === 'appendToolInput';
}

function sameTarget(one: Delta, other: Delta): boolean {
  if (one.op === 'appendToolInput') return other.op === 'appendToolInput' && one.toolCallId === other.toolCallId;
  return one.op === other.op && one.part === other.part &&
    !('refusal' in one && one.refusal) === !('refusal' in other && other.refusal);
}
