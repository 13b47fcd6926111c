// @ts-check
/** A store of which a test sees what is asked of it, and to which it can do what a busy page suffers. */

/** @import { Store, StoreEvent } from '../../../dist/index.js' */

/** @param {Store} store */
export function watched(store) {
  /** Reads by name. @type {Record<string, number>} */
  const reads = {};
  /** By session. @type {Record<string, number>} */
  const subscriptions = {};
  const state = { underWay: 0, subscriptions, /** Events are lost until it is false again. */ losing: false };
  /** @param {any} target @param {readonly string[]} names @param {string} room */
  const counting = (target, names, room) => new Proxy(target, {
    get(of, name) {
      const value = of[name];
      if (!names.includes(String(name))) return typeof value === 'function' ? value.bind(of) : value;
      return async (/** @type {unknown[]} */ ...args) => {
        const key = `${room}${String(name)}`;
        reads[key] = (reads[key] ?? 0) + 1;
        state.underWay++;
        try {
          return await value.apply(of, args);
        } finally {
          state.underWay--;
        }
      };
    },
  });
  const messages = counting(store.messages, ['list', 'branches', 'get'], 'messages.');
  const sessions = counting(store.sessions, ['list'], 'sessions.');
  const searching = counting(store, ['search'], '');

  /** As the store's; a listener that lost something hears `lagged` first, then what comes after it. @type {Store['subscribe']} */
  function subscribe(listener, filter) {
    const about = filter?.sessionId ?? '';
    subscriptions[about] = (subscriptions[about] ?? 0) + 1;
    let dropped = 0;
    const end = store.subscribe((events) => {
      if (state.losing) {
        dropped += events.length;
        return;
      }
      /** @type {StoreEvent[]} */
      const lagged = dropped > 0 ? [{ type: 'lagged', dropped, messageIds: [] }] : [];
      dropped = 0;
      listener([...lagged, ...events]);
    }, filter);
    return () => {
      subscriptions[about] = (subscriptions[about] ?? 0) - 1;
      end();
    };
  }

  const proxy = new Proxy(store, {
    get(of, name) {
      if (name === 'messages') return messages;
      if (name === 'sessions') return sessions;
      if (name === 'search') return searching.search;
      if (name === 'subscribe') return subscribe;
      const value = /** @type {any} */ (of)[name];
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
  return {
    store: proxy, reads, state,
    /** Everything that was done is heard, and every read that followed from it is through. */
    async settled() {
      do await store.flushAll(); while (state.underWay > 0);
      // What a last read has led to begins a moment later.
      await store.stats();
      while (state.underWay > 0) await store.stats();
    },
  };
}
