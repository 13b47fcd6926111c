/** The streams that were started for a session, whichever component started them. */
import type { IngestOptions, Run, Store, StreamSource } from '../api.js';
import type { MillraceError } from '../errors.js';
import { Listeners } from './listeners.js';

/** A new object whenever something in it changed. */
export interface RunState {
  readonly status: 'idle' | 'running';
  /** Of the stream that was started last. */
  readonly messageId?: string | undefined;
  /** How the stream that ended last failed. One that was stopped has not failed. */
  readonly error?: MillraceError | undefined;
}

/** Bound functions: each can be passed on as it is. */
export interface LiveRun {
  readonly get: () => RunState;
  readonly subscribe: (onChange: () => void) => () => void;
  /** As `store.ingest`. The stream belongs to the store: it goes on without subscribers. A rejection is in `error` too, and raises no unhandled rejection. */
  readonly start: (source: StreamSource, options: IngestOptions) => Promise<Run>;
  /** Aborts what was started here and is under way. */
  readonly stop: () => void;
}

const ofStores = new WeakMap<Store, Map<string, SessionRuns>>();

/** Starts streams in a session and says whether one is under way. Two that ask for the same session share one. */
export function liveRun(store: Store, sessionId: string): LiveRun {
  let sessions = ofStores.get(store);
  if (!sessions) ofStores.set(store, (sessions = new Map()));
  let runs = sessions.get(sessionId);
  if (!runs) sessions.set(sessionId, (runs = new SessionRuns(store, sessionId)));
  return runs;
}

/** Until the message is saved there is no run to abort. */
interface Started { run?: Run; stopped?: boolean }

class SessionRuns implements LiveRun {
  readonly #store: Store;
  readonly #sessionId: string;
  readonly #listeners = new Listeners();
  readonly #underWay = new Set<Started>();
  #state: RunState = { status: 'idle' };

  constructor(store: Store, sessionId: string) {
    this.#store = store;
    this.#sessionId = sessionId;
  }

  readonly get = (): RunState => this.#state;

  readonly subscribe = (onChange: () => void): (() => void) => this.#listeners.add(onChange);

  readonly start = (source: StreamSource, options: IngestOptions): Promise<Run> => {
    const running = this.#start(source, options);
    running.catch(() => undefined);
    return running;
  };

  readonly stop = (): void => {
    for (const started of this.#underWay) {
      started.stopped = true;
      started.run?.abort();
    }
  };

  async #start(source: StreamSource, options: IngestOptions): Promise<Run> {
    const started: Started = {};
    this.#underWay.add(started);
    this.#show({ status: 'running' });
    try {
      const run = (started.run = await this.#store.ingest(this.#sessionId, source, options));
      if (started.stopped) run.abort();
      this.#show({ status: 'running', messageId: run.messageId });
      run.done.then(() => this.#ended(started), (error: MillraceError) => this.#ended(started, error));
      return run;
    } catch (error) {
      this.#ended(started, error as MillraceError);
      throw error;
    }
  }

  #ended(started: Started, error?: MillraceError): void {
    this.#underWay.delete(started);
    this.#show({
      status: this.#underWay.size > 0 ? 'running' : 'idle', messageId: this.#state.messageId, error: error?.code === 'aborted' ? undefined : error,
    });
  }

  #show(state: RunState): void {
    this.#state = state;
    this.#listeners.call();
  }
}
