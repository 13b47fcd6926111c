/** The queries of each store that somebody follows: two that ask for the same thing share one. */
import type { Store } from '../api.js';
import type { Query } from './query.js';
import { LOADING, type LiveQuery, type Snapshot } from './snapshot.js';

const followed = new WeakMap<Store, Map<string, Query<unknown>>>();

export function queriesOf(store: Store): Map<string, Query<unknown>> {
  let queries = followed.get(store);
  if (!queries) followed.set(store, (queries = new Map()));
  return queries;
}

/** A query by its key, which says all that `make` puts into it. */
export interface Shared<T, Q extends Query<T>> extends LiveQuery<T> {
  /** The one that is followed, if any. */
  readonly followed: () => Q | undefined;
}

/** `unfollowed`: what `get` shows as long as nobody follows. */
export function shared<T, Q extends Query<T>>(
  store: Store, key: string, make: () => Q, unfollowed: () => Snapshot<T> = () => LOADING,
): Shared<T, Q> {
  const queries = queriesOf(store);
  // The key says what `make` makes, so that what lies under it is a Q.
  const current = (): Q | undefined => queries.get(key) as Q | undefined;
  return {
    followed: current,
    get: () => current()?.snapshot ?? unfollowed(),
    subscribe(onChange) {
      let query = current();
      if (!query) {
        query = make();
        queries.set(key, query);
        query.begin(() => queries.delete(key));
      }
      return query.subscribe(onChange);
    },
  };
}
