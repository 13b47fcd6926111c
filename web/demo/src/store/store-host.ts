import { openStore, type Store } from 'millrace';
import { TurnRunner } from '../agent/turn-runner.js';
import { announce, reportError } from '../ui/notices.js';

/** What the package opens with when nobody says otherwise, in milliseconds. */
export const DEFAULT_WINDOW_MS = 33;
export const ONE_BY_ONE_MS = 0;

export interface OpenedStore {
  readonly store: Store;
  readonly turns: TurnRunner;
  readonly windowMs: number;
}

/**
 *   opening ──▶ ready ──reopen──▶ switching ──▶ ready
 *      └──────▶ failed ◀─────────────┘
 *                 └──retry──▶ opening
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

  async #open(windowMs: number): Promise<void> {
    try {
      const store = await openStore({ name: 'millrace-demo', windowMs });
      watchHealth(store);
      this.#set({ kind: 'ready', opened: { store, turns: new TurnRunner(store), windowMs } });
    } catch (error) {
      this.#set({ kind: 'failed', error });
    }
  }

  #set(state: HostState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Saving that fails is said out loud: the page goes on, but what it shows is not on disk. */
function watchHealth(store: Store): void {
  store.subscribe(
    (events) => {
      for (const event of events) {
        if (event.type === 'storage-error') reportError(event.error, 'Saving fails at the moment and is being retried.');
        if (event.type === 'storage-recovered') announce('Everything is saved again.');
      }
    },
    { types: ['storage-error', 'storage-recovered'] },
  );
}
