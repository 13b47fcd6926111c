/**
 * The live queries as hooks. Each of them renders its component only when what it returns has changed. Components that
 * ask for the same thing share one query.
 */
import { useMemo, useSyncExternalStore } from 'react';
import type { Message, MillraceError, SearchHit, Session, Store } from '../index.js';
import {
  liveConversation, liveMessage, liveSearch, liveSessions, liveStorageStatus, type Conversation, type LiveQuery, type SessionFilter, type Snapshot,
} from '../live/index.js';
import { useStore } from './provider.js';

/** Of each hook's result. `error`: the last read failed, and what is shown is from before; the next change leads to a new try. */
export interface QueryState {
  readonly status: 'loading' | 'ready' | 'error';
  readonly error?: MillraceError;
}

export interface ConversationState extends QueryState, Conversation {
  /** See `LiveConversation.loadEarlier`. */
  readonly loadEarlier: (count?: number) => Promise<void>;
}

/** The newest messages of a session (`limit`: 50), and earlier ones on demand. Renders once a window while a reply streams. */
export function useConversation(sessionId: string, { limit }: { limit?: number } = {}): ConversationState {
  const query = useQuery((store) => liveConversation(store, sessionId, { limit }), sessionId, limit);
  const snapshot = useSnapshot(query);
  return { ...stateOf(snapshot), ...(snapshot.value ?? NO_MESSAGES), loadEarlier: query.loadEarlier };
}

export interface MessageIdsState extends QueryState {
  readonly ids: readonly string[];
  readonly hasEarlier: boolean;
  readonly loadEarlier: (count?: number) => Promise<void>;
}

/**
 * Only the ids of what `useConversation` gives: with a component for each that calls `useMessage`, a reply that streams
 * renders that one component and nothing else.
 */
export function useMessageIds(sessionId: string, { limit }: { limit?: number } = {}): MessageIdsState {
  const query = useQuery((store) => liveConversation(store, sessionId, { limit }), sessionId, limit);
  const snapshot = useSnapshot(query.ids);
  return { ...stateOf(snapshot), ...(snapshot.value ?? NO_IDS), loadEarlier: query.loadEarlier };
}

/** Ready without a message: there is none of that id. */
export interface MessageState extends QueryState { readonly message?: Message }

export function useMessage(messageId: string): MessageState {
  const snapshot = useSnapshot(useQuery((store) => liveMessage(store, messageId), messageId));
  return { ...stateOf(snapshot), ...(snapshot.value && { message: snapshot.value }) };
}

export interface SessionsState extends QueryState {
  readonly sessions: readonly Session[];
  readonly hasMore: boolean;
  readonly loadMore: (count?: number) => Promise<void>;
}

/** The sessions that were updated last (`limit`: 50), and more on demand: all but the archived ones, or those that a filter asks for. */
export function useSessions({ limit, archived, query }: SessionFilter & { limit?: number } = {}): SessionsState {
  const sessions = useQuery((store) => liveSessions(store, { limit, archived, query }), limit, archived, query);
  const snapshot = useSnapshot(sessions);
  return { ...stateOf(snapshot), ...(snapshot.value ?? NO_SESSIONS), loadMore: sessions.loadMore };
}

export interface SearchState extends QueryState {
  readonly hits: readonly SearchHit[];
  readonly hasMore: boolean;
  readonly loadMore: () => Promise<void>;
}

/** What `store.search` finds, in one session or in all. */
export function useSearch(query: string, { sessionId }: { sessionId?: string } = {}): SearchState {
  const search = useQuery((store) => liveSearch(store, query, { sessionId }), query, sessionId);
  const snapshot = useSnapshot(search);
  return { ...stateOf(snapshot), ...(snapshot.value ?? NO_HITS), loadMore: search.loadMore };
}

/** Where the store keeps its data, and why saving fails, if it does. */
export function useStorageStatus(): { readonly storage: Store['storage']; readonly error?: MillraceError } {
  const store = useStore();
  const { value } = useSnapshot(useQuery(liveStorageStatus));
  return value ?? { storage: store.storage };
}

const NO_MESSAGES: Conversation = { messages: [], hasEarlier: false, versions: new Map() };
const NO_IDS = { ids: [], hasEarlier: false } as const;
const NO_SESSIONS = { sessions: [], hasMore: false } as const;
const NO_HITS = { hits: [], hasMore: false } as const;

function useQuery<Q>(make: (store: Store) => Q, ...about: unknown[]): Q {
  const store = useStore();
  // `about` is all that `make` uses.
  return useMemo(() => make(store), [store, ...about]);
}

function useSnapshot<T>({ subscribe, get }: LiveQuery<T>): Snapshot<T> {
  return useSyncExternalStore(subscribe, get, get);
}

function stateOf(snapshot: Snapshot<unknown>): QueryState {
  return snapshot.status === 'error' ? { status: 'error', error: snapshot.error } : { status: snapshot.status };
}
