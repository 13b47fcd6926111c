import { openStore, type Store } from 'millrace';
import { TurnRunner } from '../agent/turn-runner.js';
import { announce, reportError } from '../ui/notices.js';
import { RoleWatch } from './role-watch.js';

/** What the package opens with when nobody says otherwise, in milliseconds. */
export const DEFAULT_WINDOW_MS = 33;
export const ONE_BY_ONE_MS = 0;
/** Between the tabs of the demo: who leads, crashes. */
const CRASHES = 'millrace-demo:crash-the-leader';

export interface OpenedStore {
  readonly store: Store;
  readonly turns: TurnRunner;
  readonly role: RoleWatch;
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
  #worker: Worker | undefined;
  readonly #crashes = new BroadcastChannel(CRASHES);

  constructor() {
    this.#crashes.onmessage = () => {
      if (this.#leads()) this.crash();
    };
  }

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

  /** Ends the Worker of this tab, as a crash does. The store hears of it and is opened again. */
  crash(): void {
    this.#worker?.terminate();
  }

  /** The same in the tab that leads, which may be this one. */
  crashLeader(): void {
    if (this.#leads()) this.crash();
    else this.#crashes.postMessage(undefined);
  }

  /** As far as is known now: who asks the store instead is answered by the next leader, and would crash that one too. */
  #leads(): boolean {
    return this.#state.kind === 'ready' && this.#state.opened.role.getSnapshot() === 'leader';
  }

  async #open(windowMs: number): Promise<void> {
    try {
      const store = await openStore({ name: 'millrace-demo', windowMs, worker: () => (this.#worker = startWorker()) });
      this.#watchHealth(store, windowMs);
      this.#set({ kind: 'ready', opened: { store, turns: new TurnRunner(store), role: new RoleWatch(store), windowMs } });
    } catch (error) {
      this.#set({ kind: 'failed', error });
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
          if (event.type === 'role') announce(event.role === 'leader' ? 'This tab leads now.' : 'Another tab leads now.');
          if (event.type === 'storage-recovered') announce('Everything is saved again.');
          if (event.type === 'storage-error') {
            const report = (): void => reportError(event.error, 'Saving fails at the moment and is being retried.');
            // The leader does not answer: neither would it answer what is asked below.
            if (event.error.code === 'timeout') report();
            else store.stats().then(report, () => void this.#openAgain(windowMs));
          }
        }
      },
      { types: ['role', 'storage-error', 'storage-recovered'] },
    );
  }
}

function startWorker(): Worker {
  return new Worker(new URL('millrace/worker', import.meta.url), { type: 'module' });
}
