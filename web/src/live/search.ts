/** The hits of a search. */
import type { Store } from '../api.js';
import type { SearchHit, SearchPosition, StoreEvent } from '../types.js';
import { heldIfSame, withHeld } from './held.js';
import { Query } from './query.js';
import { shared } from './registry.js';
import type { LiveQuery } from './snapshot.js';

/** The newest first. Unchanged hits keep their identity. */
export interface SearchHits {
  readonly hits: readonly SearchHit[];
  /** Whether there may be others: see {@link LiveSearch.loadMore}. */
  readonly hasMore: boolean;
}

export interface LiveSearch extends LiveQuery<SearchHits> {
  /** Looks for more of the older hits. Resolves when they are shown. Rejects as `store.search` does. */
  readonly loadMore: () => Promise<void>;
}

const PAGE = 20;

/** What `store.search` finds for the query, in one session or in all. Messages that are still being written may be missing. */
export function liveSearch(store: Store, query: string, { sessionId }: { sessionId?: string } = {}): LiveSearch {
  const { get, subscribe, followed } = shared<SearchHits, SearchQuery>(
    store, `search:${JSON.stringify([sessionId, query])}`, () => new SearchQuery(store, query, sessionId),
  );
  return { get, subscribe, loadMore: async () => followed()?.loadMore() };
}

class SearchQuery extends Query<SearchHits> {
  readonly #query: string;
  readonly #sessionId: string | undefined;
  #wanted = PAGE;

  constructor(store: Store, query: string, sessionId: string | undefined) {
    super(store, { sessionId, types: ['created', 'updated', 'deleted', 'session-updated', 'storage-error', 'storage-recovered'] });
    this.#query = query;
    this.#sessionId = sessionId;
  }

  async loadMore(): Promise<void> {
    const value = this.snapshot.value;
    if (!value?.hasMore) return;
    this.#wanted = Math.max(this.#wanted, value.hits.length) + PAGE;
    await this.readAll();
  }

  protected async load(): Promise<SearchHits> {
    const hits: SearchHit[] = [];
    let from: SearchPosition | undefined;
    do {
      const page = await this.store.search(this.#query, {
        limit: this.#wanted - hits.length, from, sessionId: this.#sessionId,
      });
      hits.push(...page.hits);
      from = page.next;
    } while (from && hits.length < this.#wanted);
    return { hits, hasMore: from !== undefined };
  }

  /** An event does not say whether the words are in a message, nor one of a session which of its messages are hidden now: the store does. */
  protected apply(found: SearchHits, events: readonly StoreEvent[]): SearchHits {
    if (events.some((event) => event.type !== 'updated' || event.terminal)) this.reload();
    return found;
  }

  protected keep(read: SearchHits, held: SearchHits | undefined): SearchHits {
    return heldIfSame({ ...read, hits: withHeld(read.hits, held?.hits, JSON.stringify) }, held);
  }
}
