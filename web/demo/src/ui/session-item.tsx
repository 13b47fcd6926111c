import type { Session } from 'millrace';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { ArchiveIcon, PencilIcon, TrashIcon, UnarchiveIcon } from './icons.js';

export const titleOf = ({ title }: Session): string => (title === '' ? 'New conversation' : title);

interface SessionItemProps {
  session: Session;
  active: boolean;
  replying: boolean;
  onSelect: () => void;
  onRename: (title: string) => void;
  /** Puts it among the archived ones, or takes it back from there. */
  onArchive: () => void;
  onDelete: () => void;
}

export function SessionItem({ session, active, replying, onSelect, onRename, onArchive, onDelete }: SessionItemProps) {
  const [renaming, setRenaming] = useState(false);
  const renameButton = useRef<HTMLButtonElement>(null);
  const wasRenaming = useRef(false);
  useEffect(() => {
    if (wasRenaming.current && !renaming) renameButton.current?.focus();
    wasRenaming.current = renaming;
  }, [renaming]);

  const title = titleOf(session);
  if (renaming) {
    return (
      <li className="session" data-active={active}>
        <TitleField
          title={session.title}
          onDone={(changed) => {
            setRenaming(false);
            if (changed !== undefined && changed !== session.title) onRename(changed);
          }}
        />
      </li>
    );
  }
  return (
    <li className="session" data-active={active}>
      <button type="button" className="session-open" title={title} aria-current={active ? 'page' : undefined} onClick={onSelect}>
        <span className="session-title">{title}</span>
        {replying && <span className="session-live"><span className="visually-hidden">, replying</span></span>}
      </button>
      <span className="session-actions">
        <button ref={renameButton} type="button" className="icon-button small" aria-label={`Rename ${title}`} title="Rename" onClick={() => setRenaming(true)}>
          <PencilIcon />
        </button>
        <button
          type="button" className="icon-button small"
          aria-label={`${session.archived ? 'Unarchive' : 'Archive'} ${title}`} title={session.archived ? 'Unarchive' : 'Archive'}
          onClick={onArchive}
        >
          {session.archived ? <UnarchiveIcon /> : <ArchiveIcon />}
        </button>
        <button type="button" className="icon-button small" aria-label={`Delete ${title}`} title="Delete" aria-haspopup="dialog" onClick={onDelete}>
          <TrashIcon />
        </button>
      </span>
    </li>
  );
}

/** Enter or leaving the field keeps what was typed, Escape does not. */
function TitleField({ title, onDone }: { title: string; onDone: (title: string | undefined) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const done = useRef(false);
  useEffect(() => field.current?.select(), []);
  const finish = (keep: boolean): void => {
    if (done.current) return;
    done.current = true;
    const typed = field.current?.value.trim() ?? '';
    onDone(keep && typed !== '' ? typed : undefined);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    finish(event.key === 'Enter');
  };
  return (
    <input
      ref={field}
      className="session-field"
      aria-label="Title of the conversation"
      defaultValue={title}
      maxLength={120}
      autoFocus
      onKeyDown={onKeyDown}
      onBlur={() => finish(true)}
    />
  );
}
