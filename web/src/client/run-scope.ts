/**
 * One agent turn (C14).
 *
 *   begin ─▶ fn(scope) ─┬─ returned ─┐
 *                       ├─ threw ────┼─▶ endRun: the core finishes what is open, and flushes ─▶ streams still
 *                       └─ aborted ──┘                                                          read are stopped
 */
import type { Draft, IngestOptions, Run, RunScope, StreamSource } from '../api.js';
import { MillraceError } from '../errors.js';
import type { NewMessage } from '../types.js';
import { createDraft } from './drafts/create-draft.js';
import { PageDraft } from './drafts/draft.js';
import { ingest } from './streams/ingest.js';
import type { ActiveRun, IngestHost } from './streams/active-runs.js';
import { aborted, isAbort } from './streams/ingest-errors.js';
import { checkFunction, checkId, checkSignal } from './calls/validate.js';

/** What a run needs of its store. */
export interface RunHost extends IngestHost {
  readonly runs: Set<PageRunScope>;
}

const OVER = 'the run it belongs to is over';

type Exit = 'returned' | 'threw' | 'aborted';

export class PageRunScope implements RunScope {
  readonly #host: RunHost;
  readonly #sessionId: string;
  readonly #id: number;
  readonly #controller = new AbortController();
  readonly #drafts: PageDraft[] = [];
  readonly #streams: ActiveRun[] = [];
  #ended = false;
  /** Resolves when the run is over, however it ended. */
  readonly over: Promise<void>;
  #markOver!: () => void;

  constructor(host: RunHost, sessionId: string, id: number) {
    this.#host = host;
    this.#sessionId = sessionId;
    this.#id = id;
    this.over = new Promise((resolve) => (this.#markOver = resolve));
    host.runs.add(this);
  }

  get signal(): AbortSignal { return this.#controller.signal; }

  abort(reason: unknown): void { this.#controller.abort(reason); }

  async create(init: NewMessage): Promise<Draft> {
    this.#checkOpen();
    const draft = await createDraft(this.#host, this.#sessionId, init, this.#id);
    this.#drafts.push(draft);
    // The run has finished it while it was being created.
    if (this.#ended) await this.#refresh(draft);
    return draft;
  }

  async ingest(source: StreamSource, options: IngestOptions): Promise<Run> {
    this.#checkOpen();
    if (this.signal.aborted) throw aborted(this.signal.reason);
    const run = await ingest(this.#host, this.#sessionId, source, options, this.#id);
    const abort = (): void => run.abort(this.signal.reason);
    if (this.signal.aborted) abort();
    if (this.#ended) run.abort(OVER);
    this.signal.addEventListener('abort', abort);
    this.#streams.push(run);
    return run;
  }

  /** Ends the run in the core; rejects if what it wrote could not be made durable. */
  async end(how: Exit): Promise<void> {
    this.#ended = true;
    for (const draft of this.#drafts) draft.settleHeld();
    try {
      // Sent before the aborts below: it is the run's exit that says how its messages finish.
      const ended = this.#host.connection.call('endRun', this.#id, how);
      for (const stream of this.#streams) stream.abort(OVER);
      await ended;
      await Promise.all(this.#drafts.map((draft) => this.#refresh(draft)));
    } finally {
      this.#host.runs.delete(this);
      this.#markOver();
    }
  }

  #checkOpen(): void {
    if (this.#ended) throw new MillraceError('closed', 'The run is over: it makes no more messages');
  }

  async #refresh(draft: PageDraft): Promise<void> {
    if (draft.finished || draft.failure) return;
    const message = await this.#host.connection.call('getMessage', draft.id, false);
    if (message) this.#host.drafts.finished(message);
  }
}

export async function run<T>(
  host: RunHost, sessionId: string, fn: (scope: RunScope) => Promise<T>, options: { signal?: AbortSignal } = {},
): Promise<T> {
  checkId('sessionId', sessionId);
  checkFunction('What is run', fn);
  const { signal } = options;
  checkSignal(signal);
  if (signal?.aborted) throw aborted(signal.reason);
  const scope = new PageRunScope(host, sessionId, await host.connection.call('beginRun', sessionId));
  const abort = (): void => scope.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    return await finishedBy(scope, fn);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

async function finishedBy<T>(scope: PageRunScope, fn: (scope: RunScope) => Promise<T>): Promise<T> {
  let value: T;
  try {
    if (scope.signal.aborted) throw aborted(scope.signal.reason);
    value = await fn(scope);
  } catch (error) {
    // What `fn` threw matters more than a failure to save; the store reports that by 'storage-error'.
    await scope.end(scope.signal.aborted || isAbort(error) ? 'aborted' : 'threw').catch(() => undefined);
    throw error;
  }
  await scope.end(scope.signal.aborted ? 'aborted' : 'returned');
  return value;
}
