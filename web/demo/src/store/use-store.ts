import type { Message, Session, Store } from 'millrace';
import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { conversationQuery, sessionsQuery } from './queries.js';

export function useSessions(store: Store): readonly Session[] | undefined {
  const query = useMemo(() => sessionsQuery(store), [store]);
  const sessions = useSyncExternalStore(query.subscribe, query.getSnapshot);
  return useKept(sessions, 'sessions');
}

/** Undefined while the session's messages are being read for the first time. */
export function useConversation(store: Store, sessionId: string): readonly Message[] | undefined {
  const query = useMemo(() => conversationQuery(store, sessionId), [store, sessionId]);
  const messages = useSyncExternalStore(query.subscribe, query.getSnapshot);
  return useKept(messages, sessionId);
}

/** The last known value of the same thing, so that a reopened store does not blank the page. */
function useKept<T>(value: T | undefined, key: string): T | undefined {
  const kept = useRef<{ key: string; value: T | undefined }>({ key, value });
  useEffect(() => {
    if (value !== undefined || kept.current.key !== key) kept.current = { key, value };
  }, [value, key]);
  return value ?? (kept.current.key === key ? kept.current.value : undefined);
}
