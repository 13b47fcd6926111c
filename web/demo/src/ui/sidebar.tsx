import type { Session, Store } from 'millrace';
import { useRef, useState } from 'react';
import { ConfirmDialog } from './confirm-dialog.js';
import { PlusIcon } from './icons.js';
import { reportError } from './notices.js';
import { SessionItem, titleOf } from './session-item.js';

interface SidebarProps {
  store: Store;
  sessions: readonly Session[];
  activeId: string | undefined;
  /** Sessions in which a reply is streaming. */
  running: ReadonlyMap<string, unknown>;
  onSelect: (id: string) => void;
  onCreate: () => void;
  onDelete: (id: string) => void;
}

export function Sidebar({ store, sessions, activeId, running, onSelect, onCreate, onDelete }: SidebarProps) {
  const [doomed, setDoomed] = useState<Session>();
  const createButton = useRef<HTMLButtonElement>(null);
  return (
    <nav className="sidebar" aria-label="Conversations">
      <div className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>Millrace</span>
      </div>
      <button ref={createButton} type="button" className="button wide" onClick={onCreate}>
        <PlusIcon /> New conversation
      </button>
      <ul className="session-list">
        {sessions.map((session) => (
          <SessionItem
            key={session.id}
            session={session}
            active={session.id === activeId}
            replying={running.has(session.id)}
            onSelect={() => onSelect(session.id)}
            onRename={(title) => store.sessions.update(session.id, { title }).catch(reportError)}
            onDelete={() => setDoomed(session)}
          />
        ))}
      </ul>
      {sessions.length === 0 && <p className="sidebar-empty">What you talk about will be listed here, and stay on this machine.</p>}
      <ConfirmDialog
        open={doomed !== undefined}
        title="Delete this conversation?"
        text={`“${doomed === undefined ? '' : titleOf(doomed)}” and all its messages will be gone for good.`}
        action="Delete"
        onClose={() => setDoomed(undefined)}
        onConfirm={() => {
          if (doomed !== undefined) onDelete(doomed.id);
          // The button that opened the dialog goes away with its session.
          createButton.current?.focus();
        }}
      />
    </nav>
  );
}
