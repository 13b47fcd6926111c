import type { Stats, Store } from 'millrace';

export type Role = Stats['role'];

/**
 * Whether this tab leads, that is, whether its Worker has the files. Made for `useSyncExternalStore`.
 *
 * `stats()` tells the role at the opening, events tell every later one. An event that comes first is the newer of the two.
 */
export class RoleWatch {
  #role: Role | undefined;
  readonly #listeners = new Set<() => void>();

  constructor(store: Store) {
    store.subscribe(
      (events) => {
        for (const event of events) if (event.type === 'role') this.#set(event.role);
      },
      { types: ['role'] },
    );
    store.stats().then(
      ({ role }) => { if (this.#role === undefined) this.#set(role); },
      () => undefined, // The store is closed, or its Worker has ended: another opening has a watch of its own.
    );
  }

  /** Undefined until the store has said so. */
  readonly getSnapshot = (): Role | undefined => this.#role;

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange);
    return () => void this.#listeners.delete(onChange);
  };

  #set(role: Role): void {
    this.#role = role;
    for (const listener of [...this.#listeners]) listener();
  }
}
