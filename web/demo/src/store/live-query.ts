import type { EventFilter, Store, StoreEvent } from 'millrace';

/** A value that follows the store; made for `useSyncExternalStore`. Undefined until it is loaded. */
export interface LiveQuery<T extends object> {
  readonly subscribe: (onChange: () => void) => () => void;
  readonly getSnapshot: () => T | undefined;
}

export interface QuerySource<T extends object> {
  readonly filter: EventFilter;
  load(store: Store): Promise<T>;
  /** Returns the same value if the event changes nothing. Must be right for an event already seen. */
  apply(value: T, event: StoreEvent): T;
  onError(error: unknown): void;
}

/**
 * Loads once, then follows by events alone.
 *
 *   idle ──first listener──▶ loading (events are kept) ──loaded, events applied──▶ live
 *     ▲────────────────────────── last listener gone ───────────────────────────────┘
 */
export function liveQuery<T extends object>(store: Store, source: QuerySource<T>): LiveQuery<T> {
  const listeners = new Set<() => void>();
  let value: T | undefined;
  let early: StoreEvent[] | undefined;
  let stop: (() => void) | undefined;

  const change = (next: T): void => {
    if (next === value) return;
    value = next;
    for (const listener of [...listeners]) listener();
  };

  const receive = (events: readonly StoreEvent[]): void => {
    if (early !== undefined) early.push(...events);
    else if (value !== undefined) change(events.reduce<T>((result, event) => source.apply(result, event), value));
  };

  const start = (): void => {
    const kept: StoreEvent[] = (early = []);
    stop = store.subscribe(receive, source.filter);
    source.load(store).then(
      (loaded) => {
        // Not of this start: the last listener left, or left and came back, meanwhile.
        if (early !== kept) return;
        early = undefined;
        change(kept.reduce<T>((result, event) => source.apply(result, event), loaded));
      },
      (error: unknown) => {
        if (early === kept) source.onError(error);
      },
    );
  };

  return {
    getSnapshot: () => value,
    subscribe: (onChange) => {
      listeners.add(onChange);
      if (listeners.size === 1) start();
      return () => {
        listeners.delete(onChange);
        if (listeners.size > 0) return;
        stop?.();
        stop = early = undefined;
      };
    },
  };
}
