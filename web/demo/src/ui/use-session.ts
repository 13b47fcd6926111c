import type { Session, Store } from 'millrace';
import { useSessions, useStore } from 'millrace/react';
import { useEffect, useState } from 'react';
import { reportError } from './notices.js';

/** Sessions in the sidebar at first. */
const LISTED = 40;

interface ListedSessions {
  /** Undefined: not read yet. */
  readonly sessions: readonly Session[] | undefined;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
}

export function useListedSessions(): ListedSessions {
  const { status, sessions, hasMore, loadMore } = useSessions({ limit: LISTED });
  return { sessions: status === 'ready' ? sessions : undefined, hasMore, loadMore: () => void loadMore().catch(reportError) };
}

/** A session of that id as it is now, listed or not; null while it is looked for. Undefined: there is none. */
export function useSession(id: string, listed: readonly Session[]): Session | null | undefined {
  const store = useStore();
  const inList = listed.find((session) => session.id === id);
  const [found, setFound] = useState<{ id: string; session: Session | undefined }>();
  const wanted = inList === undefined && id !== '';
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    const read = (): void => void store.sessions.get(id).then((session) => current && setFound({ id, session }), reportError);
    read();
    const stop = heard(store, id, read);
    return () => {
      current = false;
      stop();
    };
  }, [store, id, wanted]);
  if (!wanted) return inList;
  return found?.id === id ? found.session : null;
}

/** Calls `onChange` when the session changed or went. A store that is being closed tells nothing more. */
function heard(store: Store, id: string, onChange: () => void): () => void {
  try {
    return store.subscribe(onChange, { sessionId: id, types: ['session-updated', 'session-deleted'] });
  } catch {
    return () => undefined;
  }
}
