/**
 * A message being written from the page.
 * Longer than the norm because each call of a draft has a short method here.
 *
 *   call ──▶ view (what `message` shows) ──▶ pending ──▶ outbox ──▶ Worker
 *            at once                         merged      <= 10 ms, or with the next promise
 *
 * Invariants:
 * 1. `pending[i]` makes version `#firstVersion + i` as this draft counts. A mutation that changes nothing is never
 *    pending (see resolve.ts).
 * 2. Once `#refused` is set nothing is sent any more: the Worker has turned a write down, so the
 *    versions of what would follow do not fit.
 */
import type { Draft } from '../../api.js';
import type { DraftMutation } from '../../core-module.js';
import { MillraceError } from '../../errors.js';
import type { FinishReason, Message, Metadata, Part, Usage } from '../../types.js';
import { defined } from '../defined.js';
import type { DraftHost } from './draft-host.js';
import { DraftView } from './draft-view.js';
import { HeldSurrogates, targetOf, type Delta } from './held-surrogates.js';
import { mergePatch } from './merge-patch.js';
import type { Sender } from './outbox.js';
import { wellFormed } from './unicode.js';
import { check, checkFields, checkId, checkObject, checkOptionalId, checkText, cloned } from '../calls/validate.js';

/** The last part of the message, if it is of that type: what deltas without an id go to. */
const LAST_TEXT = targetOf({ op: 'appendText', text: '' });
const LAST_REASONING = targetOf({ op: 'appendReasoning', text: '' });
const toolTarget = (toolCallId: string): string => targetOf({ op: 'appendToolInput', text: '', toolCallId });

/** Errors of a write after which the core has not taken it. After any other it has, and goes on trying to save. */
const REFUSALS: readonly string[] = ['not-found', 'stale', 'finished', 'invalid-argument'];

type PartOption = Parameters<Draft['appendText']>[1];

function withPart<T extends object>(delta: T, options: PartOption): T & { part?: string } {
  if (!options) return delta;
  checkFields('The options of a delta', options, ['part']);
  checkOptionalId('The id of a part', options.part);
  return defined({ ...delta, part: options.part });
}

export class PageDraft implements Draft, Sender {
  readonly id: string;
  /** Names this draft to the core, which counts its versions from the message it was given. */
  readonly writer: string;
  readonly #host: DraftHost;
  readonly #view: DraftView;
  readonly #held = new HeldSurrogates();
  #pending: DraftMutation[] = [];
  /** Of the metadata, not answered yet. */
  #patches: Metadata[] = [];
  #firstVersion = 0;
  #refused: MillraceError | undefined;

  constructor(host: DraftHost, message: Message, writer: string) {
    this.id = message.id;
    this.writer = writer;
    this.#host = host;
    this.#view = new DraftView(message);
    if (!this.#view.finished) host.drafts.add(this);
  }

  get message(): Message {
    const { message } = this.#view;
    if (this.#patches.length === 0) return message;
    return { ...message, metadata: this.#patches.reduce(mergePatch, message.metadata) };
  }
  get version(): number { return this.#view.version; }
  get sessionId(): string { return this.#view.sessionId; }
  get finished(): boolean { return this.#view.finished; }
  /** Why nothing can be written any more, other than being finished. */
  get failure(): MillraceError | undefined { return this.#refused ?? this.#host.connection.failure; }

  appendText(delta: string, options?: PartOption): void {
    this.#write(withPart({ op: 'appendText', text: delta }, options));
  }

  appendReasoning(delta: string, options?: PartOption): void {
    this.#write(withPart({ op: 'appendReasoning', text: delta }, options));
  }

  appendToolInput(toolCallId: string, delta: string): void {
    this.#write({ op: 'appendToolInput', toolCallId, text: delta });
  }

  async finishReasoning(signature?: string, options?: PartOption): Promise<void> {
    this.#checkWritable();
    const { part } = withPart({}, options);
    this.#settle(LAST_REASONING, targetOf(defined({ op: 'appendReasoning', text: '', part })));
    await this.#change(defined({ op: 'endReasoning', signature, part }));
  }

  async putToolCall(call: Parameters<Draft['putToolCall']>[0]): Promise<void> {
    this.#checkWritable();
    checkObject('A tool call', call);
    const { id, name, input = '' } = call;
    checkId('The id of a tool call', id);
    checkText('The name of a tool call', name);
    checkText('The input of a tool call', input);
    this.#held.drop(toolTarget(id));
    this.#settle(LAST_TEXT, LAST_REASONING);
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
    else this.#settle(LAST_TEXT, LAST_REASONING);
    await this.#change({ op: 'addPart', part: added });
  }

  async reset(options: { from?: number } = {}): Promise<void> {
    this.#checkWritable();
    checkFields('The options of reset', options, ['from']);
    const { from = 0 } = options;
    check(Number.isSafeInteger(from) && from >= 0, 'from', 'the index of a part', from);
    if (from === 0) this.#held.clear();
    else this.settleHeld();
    await this.#change({ op: 'reset', from });
  }

  setMetadata(patch: Metadata): void {
    this.#checkWritable();
    checkObject('The metadata', patch);
    const accepted = this.#host.connection.call('setMetadata', this.id, patch);
    this.#patches = [...this.#patches, cloned(patch)];
    this.#host.drafts.changed(this.id, accepted);
    accepted.catch((error: MillraceError) => REFUSALS.includes(error.code) && this.refuse(error))
      // Answers come in the order of the calls. The message that came with this one has the patch.
      .then(() => { this.#patches = this.#patches.slice(1); });
  }

  async finish(reason: FinishReason = 'end_turn', { usage, ...info }: Parameters<Draft['finish']>[1] = {}): Promise<void> {
    this.#checkWritable();
    this.settleHeld();
    await this.#change({ op: 'finish', reason, ...info }, usage);
  }

  async flush(): Promise<void> {
    if (this.failure) throw this.failure;
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

  /** Shows what others have changed, as soon as the Worker has told it. */
  async refresh(): Promise<void> {
    if (!this.#view.following) await this.follow(this.#host.connection.call('getMessage', this.id, false));
  }

  /** `newest` was asked for in this turn: the draft shows it, and what is written on top, from its arrival on. */
  async follow(newest: Promise<Message | undefined>): Promise<void> {
    await this.#view.follow(newest, (message) => {
      if (message.finishedAt !== undefined && !this.failure) this.adopt(message);
    });
  }

  /** The message is finished as `stored`, by this draft or by something else of the page. */
  adopt(stored: Message): void {
    this.#view.adopt(stored);
    this.#pending = [];
    this.#host.outbox.remove(this);
    this.#host.drafts.remove(this);
  }

  #checkWritable(): void {
    if (this.failure) throw this.failure;
    if (this.finished) throw new MillraceError('finished', `The message "${this.id}" is finished`);
  }

  #write(delta: Delta): void {
    this.#checkWritable();
    checkText('A delta', delta.text);
    if (delta.op === 'appendToolInput') {
      this.#view.check(delta); // throws without such a call
    } else {
      // Another part may be the last one from now on.
      const target = targetOf(delta);
      this.#settle(...[LAST_TEXT, LAST_REASONING].filter((last) => last !== target));
    }
    this.#append(this.#held.join(delta));
  }

  #append(mutation: Delta): void {
    if (mutation.text === '') return;
    const last = this.#pending[this.#pending.length - 1];
    if (this.#host.outbox.merging && last?.op === mutation.op && targetOf(last as Delta) === targetOf(mutation)) {
      this.#view.extend(mutation);
      (last as Delta).text += mutation.text;
    } else if (this.#view.apply(mutation)) {
      this.#push(mutation);
    }
    this.#host.outbox.add(this);
  }

  /** Shows the mutation and sends it with all before it; resolves when it is durable. */
  async #change(mutation: DraftMutation, usage?: Usage): Promise<void> {
    this.#host.outbox.flush();
    if (!this.#view.apply(mutation)) return this.flush();
    this.#push(mutation);
    const { count } = this.#view;
    const { connection } = this.#host;
    try {
      await connection.request({ type: 'write', id: connection.nextId(), ...this.#takePending(), usage });
    } catch (error) {
      // A write before this one that was refused is why this one does not fit.
      const refused = this.#refused;
      await this.#failed(error as MillraceError, count);
      throw refused ?? error;
    }
    if (this.finished) await this.#adoptStored();
  }

  /** A write of one mutation, which counted up to `count`, has failed. */
  async #failed(error: MillraceError, count: number): Promise<void> {
    if (!REFUSALS.includes(error.code)) return;
    // A wrong argument spoils nothing if nothing was written on top of it.
    if (error.code !== 'invalid-argument' || this.#view.count !== count) return this.refuse(error);
    this.#view.takeBack();
    await this.refresh();
  }

  #push(mutation: DraftMutation): void {
    if (this.#pending.length === 0) this.#firstVersion = this.#view.count;
    this.#pending.push(mutation);
  }

  #takePending(): { messageId: string; writer: string; version: number; others: number; mutations: DraftMutation[] } {
    const mutations = this.#pending;
    this.#pending = [];
    return { messageId: this.id, writer: this.writer, version: this.#firstVersion, others: this.#view.others, mutations };
  }

  /** The times in the copy are the page's; those that were saved are the Worker's. */
  async #adoptStored(): Promise<void> {
    this.#host.drafts.remove(this);
    const stored = await this.#host.connection.call('getMessage', this.id, false).catch(() => undefined);
    if (stored) this.#view.adopt(stored);
  }

  #settle(...targets: string[]): void {
    for (const target of targets) {
      const half = this.#held.drop(target);
      if (half) this.#append({ ...half, text: '\uFFFD' });
    }
  }
}
