/**
 * A message being written from the page.
 *
 *   call ──▶ copy (what `message` shows) ──▶ pending ──▶ outbox ──▶ Worker
 *            at once                         merged      <= 10 ms, or with the next promise
 *
 * Invariants:
 * 1. `pending[i]` makes version `#firstVersion + i`, and the copy is at the last of them. A mutation
 *    that changes nothing is never pending (see resolve.ts).
 * 2. Once `#refused` is set nothing is sent any more: the Worker has turned a write down, so the
 *    versions of what would follow do not fit.
 */
import type { Draft } from '../api.js';
import type { WireMutation } from '../core-module.js';
import { MillraceError } from '../errors.js';
import type { FinishReason, Message, Part } from '../types.js';
import type { Connection } from './connection.js';
import type { DraftRegistry } from './draft-registry.js';
import { HeldSurrogates } from './held-surrogates.js';
import { newId } from './ids.js';
import { MessageCopy } from './message-copy.js';
import type { Outbox, Sender } from './outbox.js';
import { resolveMutation } from './resolve.js';
import { wellFormed } from './unicode.js';
import { checkId, checkObject, checkText, cloned } from './validate.js';

/** What a draft needs of its store. */
export interface DraftHost {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly drafts: DraftRegistry;
}

type Delta = Extract<WireMutation, { op: 'appendText' | 'appendReasoning' | 'appendToolInput' }>;

const TEXT = 'text';
const REASONING = 'reasoning';
const toolTarget = (toolCallId: string): string => `tool:${toolCallId}`;

/** Errors of a write after which the core has not taken it. After any other it has, and goes on trying to save. */
const REFUSALS: readonly string[] = ['not-found', 'stale', 'finished', 'invalid-argument'];

export class PageDraft implements Draft, Sender {
  readonly id: string;
  /** Names this draft to the core, which tells writers of one message apart by it. */
  readonly writer = newId();
  readonly #host: DraftHost;
  readonly #copy: MessageCopy;
  readonly #held = new HeldSurrogates();
  #pending: WireMutation[] = [];
  #firstVersion = 0;
  #refused: MillraceError | undefined;

  constructor(host: DraftHost, message: Message) {
    this.id = message.id;
    this.#host = host;
    this.#copy = new MessageCopy(message);
    if (!this.#copy.finished) host.drafts.add(this);
  }

  get message(): Message { return this.#copy.snapshot(); }
  get sessionId(): string { return this.#copy.sessionId; }
  get finished(): boolean { return this.#copy.finished; }
  /** Why nothing can be written any more, other than being finished. */
  get failure(): MillraceError | undefined { return this.#refused ?? this.#host.connection.failure; }

  appendText(delta: string): void {
    this.#checkWritable();
    checkText('A delta', delta);
    this.#settle(REASONING);
    this.#append({ op: 'appendText', text: this.#held.join(TEXT, delta) });
  }

  appendReasoning(delta: string): void {
    this.#checkWritable();
    checkText('A delta', delta);
    this.#settle(TEXT);
    this.#append({ op: 'appendReasoning', text: this.#held.join(REASONING, delta) });
  }

  appendToolInput(toolCallId: string, delta: string): void {
    this.#checkWritable();
    checkText('A delta', delta);
    const mutation: WireMutation = { op: 'appendToolInput', toolCallId, text: '' };
    resolveMutation(mutation, this.#copy, 0); // throws without such a call
    this.#append({ ...mutation, text: this.#held.join(toolTarget(toolCallId), delta) });
  }

  async finishReasoning(signature?: string): Promise<void> {
    this.#checkWritable();
    this.#settle(REASONING);
    await this.#change({ op: 'endReasoning', ...(signature && { signature }) });
  }

  async putToolCall(call: Parameters<Draft['putToolCall']>[0]): Promise<void> {
    this.#checkWritable();
    checkObject('A tool call', call);
    const { id, name, input = '' } = call;
    checkId('The id of a tool call', id);
    checkText('The name of a tool call', name);
    checkText('The input of a tool call', input);
    this.#held.drop(toolTarget(id));
    this.#settle(TEXT, REASONING);
    await this.#change({ op: 'putToolCall', call: { ...call, id: wellFormed(id), name: wellFormed(name), input: wellFormed(input) } });
  }

  async finishToolCall(toolCallId: string): Promise<void> {
    this.#checkWritable();
    this.#settle(toolTarget(toolCallId));
    await this.#change({ op: 'finishToolCall', toolCallId });
  }

  async addPart(part: Part): Promise<void> {
    this.#checkWritable();
    checkObject('A part', part);
    const added = cloned(part); // the caller may go on with its own
    if (added.type === 'finish') this.settleHeld();
    else this.#settle(TEXT, REASONING);
    await this.#change({ op: 'addPart', part: added });
  }

  async reset(): Promise<void> {
    this.#checkWritable();
    this.#held.clear();
    await this.#change({ op: 'reset' });
  }

  async finish(reason: FinishReason = 'end_turn', info: { message?: string; details?: string } = {}): Promise<void> {
    this.#checkWritable();
    this.settleHeld();
    await this.#change({ op: 'finish', reason, ...info });
  }

  async flush(): Promise<void> {
    this.#checkUsable();
    this.#host.outbox.flush();
    await this.#host.connection.call('flush', this.id, -1);
  }

  /** Sends what is pending; called by the outbox. */
  send(): void {
    if (this.#pending.length > 0) this.#host.connection.post({ type: 'write', ...this.#takePending() });
  }

  /** Makes U+FFFD of the halves that no delta can complete any more. */
  settleHeld(): void {
    if (!this.#refused && !this.finished) this.#settle(...this.#held.targets());
  }

  /** The Worker refused a write, or the message is gone: everything from here on fails with `error`. */
  refuse(error: MillraceError): void {
    this.#refused ??= error;
    this.#pending = [];
    this.#host.outbox.remove(this);
    this.#host.drafts.remove(this);
  }

  /** The message is finished as `stored`, by this draft or by something else of the page. */
  adopt(stored: Message): void {
    this.#copy.adopt(stored);
    this.#pending = [];
    this.#host.outbox.remove(this);
    this.#host.drafts.remove(this);
  }

  #checkUsable(): void {
    if (this.failure) throw this.failure;
  }

  #checkWritable(): void {
    this.#checkUsable();
    if (this.finished) throw new MillraceError('finished', `The message "${this.id}" is finished`);
  }

  #append(mutation: Delta): void {
    if (mutation.text === '') return;
    const last = this.#pending[this.#pending.length - 1];
    const merges = this.#host.outbox.merging && last?.op === mutation.op &&
      (mutation.op !== 'appendToolInput' || (last as typeof mutation).toolCallId === mutation.toolCallId);
    this.#apply(mutation, !merges);
    if (merges) (last as Delta).text += mutation.text;
    else this.#push(mutation);
    this.#host.outbox.add(this);
  }

  /** Shows the mutation and sends it with all before it; resolves when it is durable. */
  async #change(mutation: WireMutation): Promise<void> {
    this.#host.outbox.flush();
    const before = this.message;
    if (!this.#apply(mutation, true)) return this.flush();
    this.#push(mutation);
    const { version } = this.#copy;
    const { connection } = this.#host;
    try {
      await connection.request({ type: 'write', id: connection.nextId(), ...this.#takePending() });
    } catch (error) {
      // A write before this one that was refused is why this one does not fit.
      const refused = this.#refused;
      this.#failed(error as MillraceError, version, before);
      throw refused ?? error;
    }
    if (this.finished) await this.#adoptStored();
  }

  /** A write of one mutation, which made `version` of `before`, has failed. */
  #failed(error: MillraceError, version: number, before: Message): void {
    if (!REFUSALS.includes(error.code)) return;
    // A wrong argument spoils nothing if nothing was written on top of it.
    if (error.code === 'invalid-argument' && this.#copy.version === version) this.#copy.adopt(before);
    else this.refuse(error);
  }

  /** False when it changes nothing. */
  #apply(mutation: WireMutation, newVersion: boolean): boolean {
    const now = Date.now();
    const ops = resolveMutation(mutation, this.#copy, now);
    if (ops.length === 0) return false;
    const fromVersion = this.#copy.version;
    this.#copy.apply({ fromVersion, toVersion: fromVersion + (newVersion ? 1 : 0), updatedAt: now, ops });
    return true;
  }

  #push(mutation: WireMutation): void {
    if (this.#pending.length === 0) this.#firstVersion = this.#copy.version;
    this.#pending.push(mutation);
  }

  #takePending(): { messageId: string; writer: string; version: number; mutations: WireMutation[] } {
    const mutations = this.#pending;
    this.#pending = [];
    return { messageId: this.id, writer: this.writer, version: this.#firstVersion, mutations };
  }

  /** The times in the copy are the page's; those that were saved are the Worker's. */
  async #adoptStored(): Promise<void> {
    this.#host.drafts.remove(this);
    const stored = await this.#host.connection.call('getMessage', this.id, false).catch(() => undefined);
    if (stored) this.#copy.adopt(stored);
  }

  #settle(...targets: string[]): void {
    for (const target of targets) {
      if (this.#held.drop(target) === '') continue;
      const text = '\uFFFD';
      if (target === TEXT) this.#append({ op: 'appendText', text });
      else if (target === REASONING) this.#append({ op: 'appendReasoning', text });
      else this.#append({ op: 'appendToolInput', toolCallId: target.slice(toolTarget('').length), text });
    }
  }
}
