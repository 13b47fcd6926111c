// @ts-check
/**
 * How a spec looks at a live query: through `millrace/live` itself, or through a framework's binding. What is shown is in
 * one form, so that the same specs hold each of them (L2).
 */

/** @import { Store, MillraceError, Message, SearchHit, Session } from '../../../dist/index.js' */

/**
 * @typedef {object} Shown
 * @property {'loading' | 'ready' | 'error'} status
 * @property {MillraceError} [error]
 * @property {readonly Message[]} [messages]
 * @property {readonly string[]} [ids]
 * @property {Message} [message]
 * @property {readonly Session[]} [sessions]
 * @property {readonly SearchHit[]} [hits]
 * @property {boolean} [hasEarlier]
 * @property {ReadonlyMap<string, { readonly messageIds: readonly string[]; readonly index: number }>} [versions]
 * @property {boolean} [hasMore]
 */

/**
 * @typedef {object} Observed
 * @property {() => Shown} shown
 * @property {() => number} changes how often what is shown was replaced
 * @property {(count?: number) => Promise<void>} more `loadEarlier` or `loadMore`
 * @property {() => void} end
 */

/**
 * @typedef {object} Observers
 * @property {(store: Store, sessionId: string, options?: { limit?: number }) => Observed} conversation
 * @property {(store: Store, sessionId: string, options?: { limit?: number }) => Observed} ids
 * @property {(store: Store, messageId: string) => Observed} message
 * @property {(store: Store, options?: { limit?: number; archived?: boolean | 'all'; query?: string }) => Observed} sessions
 * @property {(store: Store, query: string, options?: { sessionId?: string }) => Observed} search
 */

/** Through `millrace/live`. @param {typeof import('../../../dist/live/index.js')} live @returns {Observers} */
export function observersOf(live) {
  /** @param {{ get(): any; subscribe(onChange: () => void): () => void }} query @param {(count?: number) => Promise<void>} [more] @param {(value: any) => object} [fields] */
  function observe(query, more = async () => undefined, fields = (value) => value ?? {}) {
    let changes = 0;
    let last = query.get();
    const end = query.subscribe(() => {
      if (query.get() === last) throw new Error('a change was announced, and there is none');
      last = query.get();
      changes++;
    });
    return {
      shown: () => {
        const { status, error, value } = query.get();
        return { status, ...(error && { error }), ...fields(value) };
      },
      changes: () => changes,
      more, end,
    };
  }
  return {
    conversation(store, sessionId, options) {
      const query = live.liveConversation(store, sessionId, options);
      return observe(query, query.loadEarlier);
    },
    ids(store, sessionId, options) {
      const query = live.liveConversation(store, sessionId, options);
      let last = query.ids.get();
      let changes = 0;
      const end = query.subscribe(() => {
        if (query.ids.get() !== last) changes++;
        last = query.ids.get();
      });
      return { shown: () => ({ status: last.status, ...last.value }), changes: () => changes, more: query.loadEarlier, end };
    },
    message: (store, messageId) => observe(live.liveMessage(store, messageId), undefined, (message) => (message ? { message } : {})),
    sessions(store, options) {
      const query = live.liveSessions(store, options);
      return observe(query, query.loadMore);
    },
    search(store, text, options) {
      const query = live.liveSearch(store, text, options);
      return observe(query, query.loadMore);
    },
  };
}
