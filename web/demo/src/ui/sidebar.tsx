import type { Session, Store } from 'millrace';
import { useSessions } from 'millrace/react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { ConfirmDialog } from './confirm-dialog.js';
import { PlusIcon } from './icons.js';
import { reportError } from './notices.js';
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

/** Sessions that a search by title looks through, and shows. */
const SEARCHED = 5000;
const FOUND = 50;

export function Sidebar({ store, sessions, hasMore, onMore, activeId, running, onSelect, onCreate, onDelete }: SidebarProps) {
  const [doomed, setDoomed] = useState<Session>();
  const [query, setQuery] = useState('');
  const [deleted, setDeleted] = useState<Session>();
  const createButton = useRef<HTMLButtonElement>(null);
  // The button that opened the dialog goes away with its session. After the dialog is closed, which gives the focus back there.
  useEffect(() => {
    if (deleted !== undefined) createButton.current?.focus();
  }, [deleted]);
  const item = (session: Session): ReactNode => (
    <SessionItem
      key={session.id}
      session={session}
      active={session.id === activeId}
      replying={running.has(session.id)}
      onSelect={() => onSelect(session.id)}
      onRename={(title) => store.sessions.update(session.id, { title }).catch(reportError)}
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
      {sessions.length > 1 && (
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
        {query.trim() === '' ? <SessionGroups sessions={sessions} item={item} /> : <FoundSessions query={query} item={item} />}
        {hasMore && query.trim() === '' && <MoreSessions loaded={sessions.length} onMore={onMore} />}
      </div>
      {sessions.length === 0 && <p className="sidebar-empty">What you talk about will be listed here, and stay on this machine.</p>}
      <ConfirmDialog
        open={doomed !== undefined}
        title="Delete this conversation?"
        text={`“${doomed === undefined ? '' : titleOf(doomed)}” and all its messages will be gone for good.`}
        action="Delete"
        onClose={() => setDoomed(undefined)}
        onConfirm={() => {
          if (doomed !== undefined) onDelete(doomed.id);
          setDeleted(doomed);
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

/** Those whose title has what was typed, of all that are stored. */
function FoundSessions({ query, item }: { query: string; item: ListProps['item'] }) {
  const { status, sessions } = useSessions({ limit: SEARCHED });
  const typed = query.trim().toLocaleLowerCase();
  const found = sessions.filter((session) => titleOf(session).toLocaleLowerCase().includes(typed)).slice(0, FOUND);
  if (status === 'ready' && found.length === 0) return <p className="sidebar-empty" role="status">No title has “{query.trim()}” in it.</p>;
  return <ul>{found.map(item)}</ul>;
}

function MoreSessions({ loaded, onMore }: { loaded: number; onMore: () => void }) {
  const button = useSeen<HTMLButtonElement>(onMore, loaded);
  return <button ref={button} type="button" className="button quiet wide" onClick={onMore}>Older conversations</button>;
}
