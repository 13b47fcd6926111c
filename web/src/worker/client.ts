/**
 * Longer than the norm because each kind of message has a short answer here.
 *
 * One client of the store: the page of this Worker, or another tab. Requests become calls of the core, outcomes become replies.
 * Ids of requests, the subscription and the streams are its own; the core and its turns are everybody's.
 *
 *   new ── open ──▶ open ── close, or its tab is gone ──▶ over
 *    └── delete-store ──▶ new
 */
import type { Callback, CoreCaller } from '../core-module.js';
import { MillraceError } from '../errors.js';
import type { Call, FromHost, OpenRequest, Opened, Resumed, ToHost, WireError } from '../protocol.js';
import { TurnMessages } from '../turn-messages.js';
import { Answers } from './answers.js';
import { checkSize } from './core/call-size.js';
import { callCore } from './core/calls.js';
import type { OpenedStore } from './core/open-store.js';
import { resume } from './resume.js';
import { withRun, type Runs } from './runs.js';
import { SavedWrites } from './saved-writes.js';
import { ClientSubscription } from './subscription.js';
import { deleteBackend } from './storage/backend.js';
import { toWire } from './wire-error.js';

/** What a client needs of the host that it is connected to. */
export interface Clientele {
  /** The name of this Worker's own tab; "" where there are no tabs. */
  home(): string;
  open(request: OpenRequest): Promise<OpenedStore>;
  /** The client is through: what was written is saved within `timeoutMs`, the last one closes the store. Whether others go on. */
  leave(client: Client, timeoutMs: number): Promise<boolean>;
  /** The client has been told all that it is told. */
  left(client: Client): void;
}

interface Session {
  readonly store: OpenedStore;
  readonly subscription: ClientSubscription;
  /** Run scopes that it began and has not ended. */
  readonly runs: Runs;
  /** Undefined for the page of this Worker: it hears of failures only. */
  readonly saved: SavedWrites | undefined;
}

export class Client {
  readonly #host: Clientele;
  readonly #outgoing: TurnMessages<FromHost>;
  readonly #answers: Answers;
  /** The name of another tab; undefined: the page of this Worker. */
  readonly #tab: string | undefined;
  #session: Session | undefined;
  /** What came while it is being resumed. */
  #held: ToHost[] | undefined;

  constructor(host: Clientele, post: (messages: FromHost[]) => void, tab: string | undefined) {
    this.#host = host;
    this.#tab = tab;
    this.#outgoing = new TurnMessages(post);
    this.#answers = new Answers((message) => this.#outgoing.post(message), () => this.#session?.subscription.blocked ?? false);
  }

  receive(message: ToHost): void {
    if (this.#held) return void this.#held.push(message);
    switch (message.type) {
      case 'open':
        void this.#answer(message.id, this.#open(message));
        return;
      case 'delete-store':
        void this.#answer(message.id, deleteBackend(message.name));
        return;
      default:
        this.#receiveOpen(message);
    }
  }

  /** What waits for the page is told to it now. */
  release(): void {
    this.#answers.release();
    this.#outgoing.flush();
  }

  /** Nobody hears it any more. Its tab may live, and go on with another client: nothing that it began is ended. */
  disconnect(): void {
    this.#session?.subscription.unsubscribe();
    this.#session = undefined;
  }

  /** The core is never called again. The client fails what is pending. */
  trapped(error: MillraceError): void {
    this.#session = undefined;
    this.#outgoing.post({ type: 'trapped', error: toWire(error) });
    this.#outgoing.flush();
  }

  #receiveOpen(message: Exclude<ToHost, { type: 'open' | 'delete-store' }>): void {
    const session = this.#session;
    if (!session) {
      this.#refuse(message);
      return;
    }
    switch (message.type) {
      case 'call': return this.#call(session, message);
      case 'write': return this.#write(session, message);
      case 'subscribe': return session.subscription.subscribe(message.filters);
      case 'unsubscribe':
        session.subscription.unsubscribe();
        return this.#answers.release();
      case 'credit':
        session.subscription.grant(message.count);
        return this.#answers.release();
      case 'forget': return session.subscription.forget(message.messageId);
      case 'resume': return this.#resume(session, message.resumed);
    }
  }

  async #open({ request, again }: Extract<ToHost, { type: 'open' }>): Promise<Opened> {
    const store = await this.#host.open(request);
    if (!again) await store.owners;
    const subscription = new ClientSubscription(store.core, (events) => this.#outgoing.post({ type: 'batch', events }));
    const { core } = store;
    const saved = this.#tab === undefined ? undefined
      : new SavedWrites(core, (writers) => this.#outgoing.post({ type: 'saved', writers }));
    this.#session = { store, subscription, runs: new Map(), saved };
    return { storage: store.storage, recovered: store.core.recovered(), fresh: store.fresh && this.#tab === undefined };
  }

  #call(session: Session, call: Call): void {
    if (call.method === 'close') {
      void this.#answer(call.id, this.#close(session, call.args[0])).then(() => {
        this.#answers.release();
        this.#outgoing.flush();
        this.#host.left(this);
      });
      return;
    }
    try {
      checkSize(call.args, `What "${call.method}" was given`);
      const known = withRun(call, session.runs);
      callCore(session.store.core, known, this.#noting(session, call, this.#replyTo(call.id)), this.#callerOf(call));
    } catch (error) {
      this.#fail(call.id, toWire(error));
    }
  }

  /** Remembers which runs are under way. */
  #noting({ runs }: Session, { id, method, args }: Call, done: Callback<unknown>): Callback<unknown> {
    if (method === 'stats') {
      const role = this.#tab === undefined ? 'leader' : 'follower';
      return (error, stats) => done(error, error ? undefined : { ...(stats as object), role });
    }
    if (method === 'endRun') runs.delete(args[0]);
    if (method !== 'beginRun') return done;
    return (error, run) => {
      if (!error) runs.set(id, run as number);
      done(error, id);
    };
  }

  /** Receipts are kept of what other tabs do, and asked for by a call that is made again. */
  #callerOf({ id, again }: { id?: number; again?: boolean }): CoreCaller | undefined {
    if (this.#tab === undefined && !again) return undefined;
    return { client: this.#tab ?? this.#host.home(), ...(id !== undefined && { call: id }), ...(again && { again }) };
  }

  /**
   * Its tab may have talked to this very leader before: what it sent then is saved first, so that the receipts tell all of
   * what was done. Whatever it says meanwhile waits.
   */
  #resume(session: Session, resumed: Resumed): void {
    const held: ToHost[] = this.#held = [];
    session.store.core.call('flushAll', [-1], () => {
      this.#held = undefined;
      this.#goOn(session, resumed);
      for (const message of held) this.receive(message);
    }, undefined);
  }

  #goOn({ store: { core }, subscription, runs }: Session, resumed: Resumed): void {
    resume(core, this.#tab ?? this.#host.home(), resumed, runs, {
      tell: (events) => { if (subscription.active) this.#outgoing.post({ type: 'batch', events }); },
      lost: (writer, messageId, error) => this.#answers.post({ type: 'write-failed', messageId, writer, error }),
    });
  }

  async #close(session: Session, timeoutMs: number): Promise<void> {
    this.#session = undefined;
    if (await this.#host.leave(this, timeoutMs)) session.subscription.unsubscribe();
  }

  #write({ store, saved }: Session, message: Extract<ToHost, { type: 'write' }>): void {
    const { id, messageId, writer, version, others, mutations, usage, resume } = message;
    const caller = this.#callerOf({});
    const expected = version + mutations.length - 1 + others;
    const reply: Callback<unknown> = id === undefined
      ? (error) => { if (error) this.#answers.post({ type: 'write-failed', messageId, writer, error }); }
      : this.#replyTo(id);
    const done: Callback<number> = (error, reached) => {
      reply(error, undefined);
      if (!error && id === undefined) saved?.accepted(messageId, writer, version + mutations.length);
      if (!error && reached !== expected) this.#outgoing.post({ type: 'others-wrote', writer });
    };
    try {
      checkSize(mutations, 'What was written to the message in one call');
      const rest = { ...(caller && { caller }), ...(usage && { usage }), ...(resume && { resume }) };
      store.core.write(messageId, writer, version, mutations, done, caller || usage || resume ? rest : undefined);
    } catch (error) {
      done(toWire(error));
    }
  }

  /** What comes before the store is open or after it was closed. */
  #refuse(message: Exclude<ToHost, { type: 'open' | 'delete-store' }>): void {
    const { id } = message as { id?: number };
    if (id !== undefined) this.#fail(id, toWire(new MillraceError('closed', 'The store is closed')));
  }

  #answer(id: number, outcome: Promise<unknown>): Promise<void> {
    return outcome.then(
      (value) => this.#answers.post({ type: 'reply', id, value }),
      (error: unknown) => this.#fail(id, toWire(error)),
    );
  }

  #replyTo(id: number): Callback<unknown> {
    return (error, value) => {
      if (error) this.#fail(id, error);
      else this.#answers.post({ type: 'reply', id, value });
    };
  }

  #fail(id: number, error: WireError): void {
    this.#answers.post({ type: 'reply', id, error });
  }
}
