/**
 * The Worker's side of the protocol: requests of the page become calls of the core, its outcomes become replies.
 *
 *   new ── open ──▶ open ── close ──▶ closed (the Worker ends itself)
 *    └── delete-store ──▶ new
 */
import type { Callback } from '../core-module.js';
import { MillraceError } from '../errors.js';
import type { Call, Method, Opened, OpenRequest, ToPage, ToWorker, WireError } from '../protocol.js';
import { TurnMessages } from '../turn-messages.js';
import { Answers } from './answers.js';
import { deleteBackend } from './storage/backend.js';
import { callCore } from './core/calls.js';
import { CoreGuard } from './core/core-guard.js';
import { checkSize } from './core/call-size.js';
import { PageFeed } from './feed.js';
import { Ingest } from './streams/ingest.js';
import { holdForLife } from './life-lock.js';
import { openStore, type LoadCore, type OpenedStore } from './core/open-store.js';
import { dropSource } from './streams/source.js';
import { toWire } from './wire-error.js';

export interface Page {
  post(messages: ToPage[]): void;
  /** Ends the Worker. */
  end(): void;
}

/** Reads of what is on disk. They follow what was asked for before them, so they end the turn that it shares. */
const READS_OF_DISK: ReadonlySet<Method> = new Set<Method>(['getSession', 'listSessions', 'search', 'export', 'stats', 'close']);

interface OpenState {
  readonly store: OpenedStore;
  readonly feed: PageFeed;
  readonly ingests: Map<number, Ingest>;
}

export class Host {
  readonly #page: Page;
  readonly #loadCore: LoadCore;
  readonly #outgoing: TurnMessages<ToPage>;
  readonly #answers: Answers;
  readonly #guard = new CoreGuard((error) => this.#trapped(error));
  #open: OpenState | undefined;
  /** The store whose turn is held open for the messages that came together. */
  #held: OpenState | undefined;

  constructor(page: Page, loadCore: LoadCore) {
    this.#page = page;
    this.#loadCore = loadCore;
    this.#outgoing = new TurnMessages((messages) => page.post(messages));
    this.#answers = new Answers((message) => this.#outgoing.post(message), () => this.#open?.feed.blocked ?? false);
  }

  /** What the page said in one turn of its own becomes one turn of the core, except where something reads what is on disk. */
  receive(messages: readonly ToWorker[]): void {
    for (const message of messages) {
      if (message.type === 'call' && READS_OF_DISK.has(message.method)) this.#endTurn();
      else if (messages.length > 1) this.#beginTurn();
      this.#receiveOne(message);
    }
    this.#endTurn();
  }

  /** An exception that nobody caught. */
  failed(error: unknown): void { this.#guard.caught(error); }

  #beginTurn(): void {
    if (this.#held || !this.#open) return;
    this.#open.store.core.beginTurn();
    this.#held = this.#open;
  }

  #endTurn(): void {
    const held = this.#held;
    this.#held = undefined;
    try {
      held?.store.core.endTurn();
    } catch {
      // It trapped, now or before: the page has been told.
    }
  }

  /** Nothing of the core is called any more. The page fails what is pending. */
  #trapped(error: MillraceError): void {
    for (const ingest of this.#open?.ingests.values() ?? []) ingest.drop();
    this.#open = undefined;
    this.#outgoing.post({ type: 'trapped', error: toWire(error) } satisfies ToPage);
    this.#outgoing.flush();
    this.#page.end();
  }

  #receiveOne(message: ToWorker): void {
    switch (message.type) {
      case 'open':
        this.#answer(message.id, this.#openStore(message.request));
        return;
      case 'delete-store':
        this.#answer(message.id, deleteBackend(message.name));
        return;
      default:
        this.#receiveOpen(message);
    }
  }

  #receiveOpen(message: Exclude<ToWorker, { type: 'open' | 'delete-store' }>): void {
    const open = this.#open;
    if (!open) {
      this.#refuse(message);
      return;
    }
    switch (message.type) {
      case 'call': return this.#call(open, message);
      case 'write': return this.#write(open, message);
      case 'subscribe': return open.feed.subscribe(message.filters);
      case 'unsubscribe':
        open.feed.unsubscribe();
        return this.#answers.release();
      case 'credit':
        open.feed.grant(message.count);
        return this.#answers.release();
      case 'forget': return open.feed.forget(message.messageId);
      case 'ingest': return this.#ingest(open, message);
      case 'source': {
        const ingest = open.ingests.get(message.ingest);
        return ingest ? ingest.supply(message.source) : dropSource(message.source);
      }
      case 'chunk': return open.ingests.get(message.ingest)?.chunk(message.bytes);
      case 'end': return open.ingests.get(message.ingest)?.end();
      case 'fail': return open.ingests.get(message.ingest)?.fail(message.error);
      case 'abort': return open.ingests.get(message.ingest)?.abort(message.reason);
    }
  }

  async #openStore(request: OpenRequest): Promise<Opened> {
    // The page asks for this lock once it is answered, so the Worker must hold it by then.
    const living = request.lifeLock === undefined ? undefined : holdForLife(request.lifeLock);
    const [store] = await Promise.all([openStore(request, this.#loadCore, this.#guard), living]);
    const feed = new PageFeed(store.core, (events) => this.#outgoing.post({ type: 'batch', events } satisfies ToPage));
    this.#open = { store, feed, ingests: new Map() };
    return { storage: store.storage, recovered: store.core.recovered() };
  }

  #call(open: OpenState, { id, method, args }: Call): void {
    if (method === 'close') {
      this.#open = undefined;
      void this.#answer(id, this.#close(open, args[0])).then(() => {
        this.#answers.release();
        this.#outgoing.flush();
        this.#page.end();
      });
      return;
    }
    try {
      checkSize(args, `What "${method}" was given`);
      // The compiler cannot see that `method` and `args` of a Call belong together.
      callCore(open.store.core, method, args as never, this.#replyTo(id));
    } catch (error) {
      this.#fail(id, toWire(error));
    }
  }

  /** What is being ingested ends as canceled first. */
  async #close({ store, ingests }: OpenState, timeoutMs: number): Promise<void> {
    const running = [...ingests.values()];
    for (const ingest of running) ingest.abort('The store was closed');
    const ended = Promise.all(running.map((ingest) => ingest.ended));
    let timer: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([ended, new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
    // Under Node it would keep the process alive.
    clearTimeout(timer);
    await store.close(timeoutMs);
  }

  #write({ store }: OpenState, message: Extract<ToWorker, { type: 'write' }>): void {
    const { id, messageId, writer, version, others, mutations } = message;
    const expected = version + mutations.length - 1 + others;
    const reply: Callback<unknown> = id === undefined
      ? (error) => { if (error) this.#answers.post({ type: 'write-failed', messageId, writer, error } satisfies ToPage); }
      : this.#replyTo(id);
    const done: Callback<number> = (error, reached) => {
      reply(error, undefined);
      if (!error && reached !== expected) this.#outgoing.post({ type: 'others-wrote', writer } satisfies ToPage);
    };
    try {
      checkSize(mutations, 'What was written to the message in one call');
      store.core.write(messageId, writer, version, mutations, done);
    } catch (error) {
      done(toWire(error));
    }
  }

  #ingest({ store, ingests }: OpenState, { id, request }: Extract<ToWorker, { type: 'ingest' }>): void {
    const ingest = new Ingest(store.core, id, request, {
      ask: (message) => this.#outgoing.post(message),
      answer: (message) => this.#answers.post(message),
    });
    ingests.set(id, ingest);
    void ingest.ended.then(() => ingests.delete(id));
  }

  /** What comes before the store is open or after it was closed. */
  #refuse(message: Exclude<ToWorker, { type: 'open' | 'delete-store' }>): void {
    const { id } = message as { id?: number };
    if (id !== undefined) this.#fail(id, toWire(new MillraceError('closed', 'The store is closed')));
  }

  #answer(id: number, outcome: Promise<unknown>): Promise<void> {
    return outcome.then(
      (value) => this.#answers.post({ type: 'reply', id, value } satisfies ToPage),
      (error: unknown) => this.#fail(id, toWire(error)),
    );
  }

  #replyTo(id: number): Callback<unknown> {
    return (error, value) => {
      if (error) this.#fail(id, error);
      else this.#answers.post({ type: 'reply', id, value } satisfies ToPage);
    };
  }

  #fail(id: number, error: WireError): void {
    this.#answers.post({ type: 'reply', id, error } satisfies ToPage);
  }
}
