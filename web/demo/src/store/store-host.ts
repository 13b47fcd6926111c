import { MillraceError, openStore, type Store } from 'millrace';
import { TurnRunner } from '../agent/turn-runner.js';
import { announce, reportError } from '../ui/notices.js';

/** What the package opens with when nobody says otherwise, in milliseconds. */
export const DEFAULT_WINDOW_MS = 33;
export const ONE_BY_ONE_MS = 0;
/** Between two tries to open what another tab holds. */
const ANOTHER_TRY_MS = 1000;

export interface OpenedStore {
  readonly store: Store;
  readonly turns: TurnRunner;
  readonly windowMs: number;
}

/**
 *   opening ──▶ ready ──reopen──▶ switching ──▶ ready
 *      └──────▶ failed ◀─────────────┘
 *                 └──retry──▶ opening; by itself where another tab has the store, until that is closed
 *
 * While switching, `opened` is the store that is being closed: what it showed stays on the page.
 */
export type HostState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'ready' | 'switching'; readonly opened: OpenedStore }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Owns the store of this page: opens it, and opens it again with another window. */
export class StoreHost {
  #state: HostState = { kind: 'opening' };
  readonly #listeners = new Set<() => void>();
  #worker: Worker | undefined;
  #nextTry: ReturnType<typeof setTimeout> | undefined;

  readonly getSnapshot = (): HostState => this.#state;

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange);
    return () => void this.#listeners.delete(onChange);
  };

  async open(windowMs: number = DEFAULT_WINDOW_MS): Promise<void> {
    this.#set({ kind: 'opening' });
    await this.#open(windowMs);
  }

  /** REQUIRES: no turn is running. Everything accepted is saved before the store closes. */
  async reopen(windowMs: number): Promise<void> {
    if (this.#state.kind !== 'ready') return;
    const { opened } = this.#state;
    this.#set({ kind: 'switching', opened });
    try {
      await opened.store.close();
    } catch (error) {
      this.#set({ kind: 'failed', error });
      return;
    }
    await this.#open(windowMs);
    announce(windowMs > 0 ? 'Saving in windows again.' : 'Saving every delta by itself.');
  }

  /** Ends the Worker, as a crash does. The store hears of it and is opened again. */
  crash(): void {
    this.#worker?.terminate();
  }

  async #open(windowMs: number): Promise<void> {
    clearTimeout(this.#nextTry);
    try {
      const store = await openStore({ name: 'millrace-demo', windowMs, worker: () => (this.#worker = startWorker()) });
      this.#watchHealth(store, windowMs);
      this.#set({ kind: 'ready', opened: { store, turns: new TurnRunner(store), windowMs } });
    } catch (error) {
      this.#set({ kind: 'failed', error });
      if (error instanceof MillraceError && error.code === 'in-use') this.#nextTry = setTimeout(() => void this.#open(windowMs), ANOTHER_TRY_MS);
    }
  }

  #set(state: HostState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }

  /** What the store showed stays on the page meanwhile. */
  async #openAgain(windowMs: number): Promise<void> {
    if (this.#state.kind === 'ready') this.#set({ kind: 'switching', opened: this.#state.opened });
    await this.#open(windowMs);
    announce('The store’s Worker had ended. The store was opened again.');
  }

  /** Saving that fails is said out loud: the page goes on, but what it shows is not on disk. A Worker that has ended is replaced. */
  #watchHealth(store: Store, windowMs: number): void {
    store.subscribe(
      (events) => {
        for (const event of events) {
          if (event.type === 'storage-recovered') announce('Everything is saved again.');
          if (event.type === 'storage-error') {
            store.stats().then(
              () => reportError(event.error, 'Saving fails at the moment and is being retried.'),
              () => void this.#openAgain(windowMs),
            );
          }
        }
      },
      { types: ['storage-error', 'storage-recovered'] },
    );
  }
}

function startWorker(): Worker {
  return new Worker(new URL('millrace/worker', import.meta.url), { type: 'module' });
}
