import type { Message } from 'millrace';
import type { MessageVersions } from 'millrace/live';
import { memo, useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';
import { filesOf } from '../agent/attachments.js';
import { textOf } from '../agent/history.js';
import { FileView } from './file-view.js';
import { PencilIcon } from './icons.js';
import { MessageActions, type MessageControls } from './message-actions.js';

interface UserMessageProps {
  message: Message;
  versions: MessageVersions | undefined;
  controls: MessageControls;
  /** Resolves to whether the new version is stored. */
  onEdit: (messageId: string, text: string) => Promise<boolean>;
}

export const UserMessage = memo(function UserMessage({ message, versions, controls, onEdit }: UserMessageProps) {
  const [editing, setEditing] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const wasEditing = useRef(false);
  useEffect(() => {
    if (wasEditing.current && !editing) editButton.current?.focus();
    wasEditing.current = editing;
  }, [editing]);

  if (editing) {
    return (
      <EditField
        text={textOf(message)}
        onCancel={() => setEditing(false)}
        onSend={(text) => void onEdit(message.id, text).then((stored) => stored && setEditing(false))}
      />
    );
  }
  return (
    <div className="user-turn">
      <article className="message user" aria-label="You" data-message={message.id}>
        {filesOf(message).map((part, index) => <FileView key={index} part={part} />)}
        {message.parts.map((part, index) => (part.type === 'text' ? <p key={index} dir="auto">{part.text}</p> : null))}
      </article>
      <MessageActions message={message} versions={versions} controls={controls}>
        <button ref={editButton} type="button" className="icon-button small" aria-label="Edit the message" title="Edit the message" disabled={controls.replying} onClick={() => setEditing(true)}>
          <PencilIcon />
        </button>
      </MessageActions>
    </div>
  );
});

/** Sending makes another version of the message. */
function EditField({ text, onCancel, onSend }: { text: string; onCancel: () => void; onSend: (text: string) => void }) {
  const [edited, setEdited] = useState(text);
  const usable = edited.trim() !== '';
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (usable) onSend(edited.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      onCancel();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  };
  return (
    <form className="edit-message" onSubmit={submit}>
      <textarea aria-label="Edit the message" value={edited} rows={3} autoFocus onChange={(event) => setEdited(event.target.value)} onKeyDown={onKeyDown} />
      <p className="hint">The message as it was, and what follows it, stay as another version.</p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onCancel}>Cancel</button>
        <button type="submit" className="button primary" disabled={!usable}>Send again</button>
      </div>
    </form>
  );
}
