/** The conversations of a store. */
import type { Store } from '../api.js';
import type { Session, StoreEvent } from '../types.js';
import { heldIfSame, withHeld } from './held.js';
import { Query } from './query.js';
import { shared } from './registry.js';
import type { LiveQuery } from './snapshot.js';

/** Sessions, the most recently updated first. Unchanged ones keep their identity. */
export interface SessionList {
  readonly sessions: readonly Session[];
  /** Whether there are others after these: see {@link LiveSessions.loadMore}. */
  readonly hasMore: boolean;
}

export interface LiveSessions extends LiveQuery<SessionList> {
  /**
   * Shows up to `count` more (default: as many as were asked for at first). Resolves when they are shown; without
   * subscribers, or if there are none, at once. Rejects as `sessions.list` does.
   */
  readonly loadMore: (count?: number) => Promise<void>;
}

const DEFAULT_LIMIT = 50;

/** Which sessions, as `sessions.list` takes it. */
export interface SessionFilter { archived?: boolean | 'all'; query?: string }

/**
 * The `limit` most recently updated sessions (default 50), and as many more as `loadMore` was asked for. With a filter, they are
 * read again at each change of a session.
 */
export function liveSessions(store: Store, { limit = DEFAULT_LIMIT, archived, query }: SessionFilter & { limit?: number } = {}): LiveSessions {
  const { get, subscribe, followed } = shared<SessionList, SessionsQuery>(
    store, `sessions:${JSON.stringify([limit, archived, query])}`, () => new SessionsQuery(store, limit, { archived, query }),
  );
  return { get, subscribe, loadMore: async (count = limit) => followed()?.loadMore(count) };
}

class SessionsQuery extends Query<SessionList> {
  /** How many are shown, if there are as many. */
  #wanted: number;
  readonly #filter: SessionFilter;

  constructor(store: Store, limit: number, filter: SessionFilter) {
    super(store, { types: ['session-created', 'session-updated', 'session-deleted', 'storage-error'] });
    this.#wanted = limit;
    this.#filter = filter;
  }

  async loadMore(count: number): Promise<void> {
    if (!this.snapshot.value?.hasMore) return;
    this.#wanted += count;
    await this.readAll();
  }

  /** One more is read than is shown, which tells whether there are more. */
  protected async load(): Promise<SessionList> {
    return cut(await this.store.sessions.list({ ...this.#filter, limit: this.#wanted + 1 }), this.#wanted);
  }

  protected apply(list: SessionList, events: readonly StoreEvent[]): SessionList {
    // Whether a session passes the filter is for the store to say.
    let next = this.#filter.archived || this.#filter.query ? undefined : list;
    for (const event of events) {
      if (!next) break;
      if (event.type === 'session-deleted') next = without(next, event.sessionId);
      else if (event.type === 'session-created' || event.type === 'session-updated') next = withSession(next, event.session, this.#wanted);
    }
    if (!next) this.reload();
    return next ?? list;
  }

  protected keep(read: SessionList, held: SessionList | undefined): SessionList {
    return heldIfSame({ ...read, sessions: withHeld(read.sessions, held?.sessions, JSON.stringify) }, held);
  }
}

/** Undefined: which session moves up, or whether there are others, is for the store to say. */
function without(list: SessionList, sessionId: string): SessionList | undefined {
  if (list.hasMore) return undefined;
  const sessions = list.sessions.filter(({ id }) => id !== sessionId);
  return sessions.length === list.sessions.length ? list : { ...list, sessions };
}

/** In its place in the order of the store. Undefined: what is held does not tell which place that is. */
function withSession(list: SessionList, session: Session, wanted: number): SessionList | undefined {
  if (session.archived) return without(list, session.id);
  const held = list.sessions.find(({ id }) => id === session.id);
  if (held && (held.updatedAt > session.updatedAt || JSON.stringify(held) === JSON.stringify(session))) return list;
  const others = list.sessions.filter(({ id }) => id !== session.id);
  // Of two that were updated in the same millisecond the store puts the one in front that it got last: only it knows.
  if (others.some(({ updatedAt }) => updatedAt === session.updatedAt)) return undefined;
  const next = cut([session, ...others].sort((a, b) => b.updatedAt - a.updatedAt), wanted);
  return { ...next, hasMore: next.hasMore || list.hasMore };
}

function cut(sessions: readonly Session[], wanted: number): SessionList {
  return { sessions: sessions.slice(0, wanted), hasMore: sessions.length > wanted };
}
