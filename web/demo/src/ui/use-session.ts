import type { Session } from 'millrace';
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

/** A session of that id, listed or not; null while it is looked for. Undefined: there is none. */
export function useSession(id: string, listed: readonly Session[]): Session | null | undefined {
  const store = useStore();
  const inList = listed.find((session) => session.id === id);
  const [found, setFound] = useState<{ id: string; session: Session | undefined }>();
  const wanted = inList === undefined && id !== '';
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    store.sessions.get(id).then((session) => current && setFound({ id, session }), reportError);
    return () => {
      current = false;
    };
  }, [store, id, wanted]);
  if (!wanted) return inList;
  return found?.id === id ? found.session : null;
}
