import type { Session, Store } from 'millrace';
import { useSessions } from 'millrace/react';
import { useDeferredValue, useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { ConfirmDialog } from './confirm-dialog.js';
import { PlusIcon } from './icons.js';
import { announce, reportError } from './notices.js';
import { groupByDate } from './session-groups.js';
import { SessionItem, titleOf } from './session-item.js';
import { useSeen } from './use-seen.js';

interface SidebarProps {
  store: Store;
  sessions: readonly Session[];
  hasMore: boolean;
  onMore: () => void;
  activeId: string | undefined;
  /** Sessions in which a reply is streaming. */
  running: ReadonlyMap<string, unknown>;
  onSelect: (id: string) => void;
  onCreate: () => void;
  onDelete: (id: string) => void;
}

/** Sessions that a search by title, or the archive, shows at first. */
const SHOWN = 40;

export function Sidebar({ store, sessions, hasMore, onMore, activeId, running, onSelect, onCreate, onDelete }: SidebarProps) {
  const [doomed, setDoomed] = useState<Session>();
  const [query, setQuery] = useState('');
  const [archived, setArchived] = useState(false);
  const [gone, setGone] = useState<Session>();
  const createButton = useRef<HTMLButtonElement>(null);
  // The button that was pressed goes away with its session. After a dialog is closed, which gives the focus back there.
  useEffect(() => {
    if (gone !== undefined) createButton.current?.focus();
  }, [gone]);
  const archive = (session: Session): void => {
    setGone(session);
    store.sessions.update(session.id, { archived: !session.archived }).then(
      () => announce(session.archived ? 'The conversation is out of the archive.' : 'The conversation was archived.'),
      reportError,
    );
  };
  const item = (session: Session): ReactNode => (
    <SessionItem
      key={session.id}
      session={session}
      active={session.id === activeId}
      replying={running.has(session.id)}
      onSelect={() => onSelect(session.id)}
      onRename={(title) => store.sessions.update(session.id, { title }).catch(reportError)}
      onArchive={() => archive(session)}
      onDelete={() => setDoomed(session)}
    />
  );
  return (
    <nav className="sidebar" aria-label="Conversations">
      <div className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>Millrace</span>
      </div>
      <button ref={createButton} type="button" className="button wide" onClick={onCreate}>
        <PlusIcon /> New conversation
      </button>
      {(sessions.length > 1 || archived) && (
        <input
          className="session-search"
          type="search"
          placeholder="Search titles"
          aria-label="Search titles"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      )}
      <div className="session-list">
        {archived || query.trim() !== '' ? <FoundSessions archived={archived} query={query.trim()} item={item} /> : (
          <>
            <SessionGroups sessions={sessions} item={item} />
            {hasMore && <MoreSessions loaded={sessions.length} onMore={onMore} />}
          </>
        )}
      </div>
      {sessions.length === 0 && !archived && <p className="sidebar-empty">What you talk about will be listed here, and stay on this machine.</p>}
      <label className="archive-switch">
        <input type="checkbox" role="switch" checked={archived} onChange={({ target }) => setArchived(target.checked)} />
        Show archived ones
      </label>
      <ConfirmDialog
        open={doomed !== undefined}
        title="Delete this conversation?"
        text={`“${doomed === undefined ? '' : titleOf(doomed)}” and all its messages will be gone for good.`}
        action="Delete"
        onClose={() => setDoomed(undefined)}
        onConfirm={() => {
          if (doomed !== undefined) onDelete(doomed.id);
          setGone(doomed);
        }}
      />
    </nav>
  );
}

interface ListProps { sessions: readonly Session[]; item: (session: Session) => ReactNode }

function SessionGroups({ sessions, item }: ListProps) {
  const id = useId();
  return groupByDate(sessions, Date.now()).map(({ name, sessions: ofThem }, index) => (
    <section key={name} aria-labelledby={`${id}-${index}`}>
      <p className="session-group" id={`${id}-${index}`}>{name}</p>
      <ul>{ofThem.map(item)}</ul>
    </section>
  ));
}

/** Those whose titles have all the words, of all that are archived or of all that are not. */
function FoundSessions({ archived, query, item }: { archived: boolean; query: string; item: ListProps['item'] }) {
  const words = useDeferredValue(query);
  const { status, sessions, hasMore, loadMore } = useSessions({ archived, limit: SHOWN, ...(words !== '' && { query: words }) });
  if (status === 'ready' && sessions.length === 0) {
    return <p className="sidebar-empty" role="status">{words === '' ? 'Nothing is archived.' : `No title has “${words}” in it.`}</p>;
  }
  return (
    <>
      <ul>{sessions.map(item)}</ul>
      {hasMore && <MoreSessions loaded={sessions.length} onMore={() => void loadMore().catch(reportError)} />}
    </>
  );
}

function MoreSessions({ loaded, onMore }: { loaded: number; onMore: () => void }) {
  const button = useSeen<HTMLButtonElement>(onMore, loaded);
  return <button ref={button} type="button" className="button quiet wide" onClick={onMore}>Older conversations</button>;
}
