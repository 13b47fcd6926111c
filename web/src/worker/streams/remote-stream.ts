/**
 * A reply that is read in a follower (`CoreStream`): parsed here, written there. So it lives as long as its tab, whoever leads.
 *
 *   bytes ──▶ the reader of this Worker's own module ──▶ mutations, merged for MERGE_MS ──▶ `write` to the leader
 */
import type { Callback, CoreError, CoreModule, CoreReader, CoreStream, StreamEnd, StreamFile, WireMutation } from '../../core-module.js';
import type { Calls, Method, WireReply } from '../../calls.js';
import type { ToWorker } from '../../protocol.js';
import type { Message } from '../../types.js';
import type { Clock } from '../tabs/environment.js';

/** As long as a draft's deltas wait on a page. */
const MERGE_MS = 10;

type Write = Omit<Extract<ToWorker, { type: 'write' }>, 'type' | 'id'>;

/** How a stream speaks to the leader. */
export interface LeaderCalls {
  call<M extends Method>(method: M, args: Parameters<Calls[M]>, done: Callback<ReturnType<Calls[M]>>): void;
  /** Without `done`: nobody waits. */
  write(write: Write, done?: Callback<void>): void;
}

type Delta = Extract<WireMutation, { op: 'appendText' | 'appendReasoning' | 'appendToolInput' }>;

export class RemoteStream implements CoreStream {
  readonly writer: { name: string; messageId: string } = { name: '', messageId: '' };
  readonly #format: string;
  readonly #load: () => Promise<CoreModule>;
  readonly #leader: LeaderCalls;
  readonly #clock: Clock;
  #reader: CoreReader | undefined;
  #version = 0;
  #waiting: WireMutation[] = [];
  #cancel: (() => void) | undefined;
  #refused: CoreError | undefined;
  /** Waits for the end of what is written. */
  #ended: Callback<StreamEnd> | undefined;

  constructor(format: string, load: () => Promise<CoreModule>, leader: LeaderCalls, clock: Clock) {
    this.#format = format;
    this.#load = load;
    this.#leader = leader;
    this.#clock = clock;
  }

  begin(reply: WireReply, done: Callback<Message>): void {
    this.writer.name = reply.writer;
    this.writer.messageId = reply.messageId;
    this.#load().then((module) => {
      if (module.openReader(this.#format, []) === null) {
        return done({ code: 'invalid-argument', message: `The format "${this.#format}" is not one this version reads` });
      }
      this.#leader.call('beginReply', [reply], (error, message) => {
        if (error) return done(error);
        this.#reader = module.openReader(this.#format, message!.parts)!;
        this.#version = message!.version + 1;
        done(null, message);
      });
    }, (error: unknown) => done({ code: 'storage-unavailable', message: String(error) }));
  }

  feed(bytes: Uint8Array): boolean {
    for (const mutation of this.#reader!.feed(bytes)) this.#add(mutation);
    return !this.#reader!.done() && this.#refused === undefined;
  }

  ending(): boolean { return this.#reader!.ending(); }

  file(): StreamFile | undefined { return this.#reader!.file(); }

  fileStored(blob: string | undefined): boolean {
    for (const mutation of this.#reader!.fileStored(blob)) this.#add(mutation);
    this.#endIfDone();
    return !this.#reader!.done() && this.#refused === undefined;
  }

  finish(done: Callback<StreamEnd>): void {
    this.#end(this.#reader!.finish(), done);
  }

  fail(error: CoreError, done: Callback<StreamEnd>): void {
    this.#end(this.#reader!.fail(error), done);
  }

  /** The leader refuses what it writes: the message was deleted, or finished by somebody else. */
  refuse(error: CoreError): void { this.#refused ??= error; }

  delete(): void {
    this.#cancel?.();
    this.#reader?.delete();
  }

  #end(mutations: WireMutation[], done: Callback<StreamEnd>): void {
    for (const mutation of mutations) this.#add(mutation);
    this.#ended = done;
    this.#endIfDone();
  }

  /** A file of the reply may still wait. */
  #endIfDone(): void {
    const done = this.#ended;
    if (!done || !this.#reader!.done()) return;
    this.#ended = undefined;
    const end = this.#reader!.end();
    if (this.#refused) return done(this.#refused);
    this.#send((error) => {
      if (error) return done(error);
      this.#leader.call('getMessage', [this.writer.messageId, false], (failed, message) => {
        if (failed) done(failed);
        else if (!message) done({ code: 'not-found', message: 'the message was deleted' });
        else done(null, { ...end, message });
      });
    }, end.usage);
  }

  #add(mutation: WireMutation): void {
    const last = this.#waiting.at(-1);
    if (isDelta(mutation) && last && isDelta(last) && sameTarget(last, mutation)) {
      last.text += mutation.text;
      return;
    }
    this.#waiting.push(mutation);
    this.#cancel ??= this.#clock.after(MERGE_MS, () => this.#send());
  }

  #send(done?: Callback<void>, usage?: StreamEnd['usage']): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const mutations = this.#waiting;
    this.#waiting = [];
    if (mutations.length === 0 && !done) return;
    const version = this.#version;
    this.#version += mutations.length;
    const { name: writer, messageId } = this.writer;
    this.#leader.write({ messageId, writer, version, others: 0, mutations, ...(usage && { usage }) }, done);
  }
}

function isDelta(mutation: WireMutation): mutation is Delta {
  return mutation.op === 'appendText' || mutation.op === 'appendReasoning' || mutation.op === 'appendToolInput';
}

function sameTarget(one: Delta, other: Delta): boolean {
  if (one.op === 'appendToolInput') return other.op === 'appendToolInput' && one.toolCallId === other.toolCallId;
  return one.op === other.op && one.part === other.part &&
    !('refusal' in one && one.refusal) === !('refusal' in other && other.refusal);
}
