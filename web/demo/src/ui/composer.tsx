import type { FilePart, Store } from 'millrace';
import { useImperativeHandle, useRef, useState, type ClipboardEvent, type FormEvent, type KeyboardEvent, type Ref } from 'react';
import { AttachmentList } from './attachment-list.js';
import { ClipIcon, SendIcon, StopIcon } from './icons.js';
import { reportError } from './notices.js';
import { useAttachments } from './use-attachments.js';
import { useFileDrop } from './use-file-drop.js';

export interface ComposerHandle { focus: () => void }

interface ComposerProps {
  ref: Ref<ComposerHandle>;
  store: Store;
  replying: boolean;
  disabled: boolean;
  /** Resolves to whether the message is stored. If not, it has said why. */
  onSend: (prompt: string, files: readonly FilePart[]) => Promise<boolean>;
  onStop: () => void;
}

/** The message field, and the files that go with the message. What is there stays until it is stored, also while a reply streams or the session changes. */
export function Composer({ ref, store, replying, disabled, onSend, onStop }: ComposerProps) {
  const [prompt, setPrompt] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }), []);
  const picker = useRef<HTMLInputElement>(null);
  const attachments = useAttachments(store);
  const over = useFileDrop(attachments.add);
  const saved = attachments.all.every(({ part }) => part !== undefined);
  const ready = (prompt.trim() !== '' || attachments.all.length > 0) && saved && !replying && !disabled;
  const sending = useRef(false);

  const send = async (): Promise<void> => {
    try {
      const sent = attachments.all;
      if (!await onSend(prompt.trim(), await attachments.saveAgain())) return;
      // What was typed or chosen meanwhile stays.
      setPrompt((now) => (now.startsWith(prompt) ? now.slice(prompt.length) : now));
      attachments.forget(sent);
    } catch (error) {
      reportError(error, 'The message was not sent.');
    }
  };
  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!ready || sending.current) return;
    sending.current = true;
    void send().finally(() => {
      sending.current = false;
    });
  };
  const onPaste = (event: ClipboardEvent): void => {
    const pasted = [...event.clipboardData.files];
    if (pasted.length === 0) return;
    event.preventDefault();
    attachments.add(pasted);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method is composing, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form className="composer-dock" onSubmit={submit}>
      {over && <p className="drop-note">Drop the files to attach them</p>}
      <div className="composer">
        <AttachmentList
          attachments={attachments.all}
          onRemove={(key) => {
            attachments.remove(key);
            field.current?.focus();
          }}
        />
        <div className="composer-box">
          <button type="button" className="icon-button" aria-label="Attach files" title="Attach files" onClick={() => picker.current?.click()}>
            <ClipIcon />
          </button>
          <input
            ref={picker} type="file" multiple hidden aria-label="Files to attach"
            onChange={({ target }) => {
              attachments.add([...target.files ?? []]);
              target.value = '';
              field.current?.focus();
            }}
          />
          <textarea
            ref={field}
            id="composer"
            rows={1}
            value={prompt}
            placeholder="Ask something"
            aria-label="Message"
            aria-describedby="composer-hint"
            autoFocus
            onChange={(event) => setPrompt(event.target.value)}
            onKeyDown={onKeyDown}
            onPaste={onPaste}
          />
          {replying ? (
            <button
              type="button"
              className="round-button stop"
              aria-label="Stop the reply"
              onClick={() => {
                onStop();
                field.current?.focus();
              }}
            >
              <StopIcon />
            </button>
          ) : (
            <button type="submit" className="round-button" aria-label="Send" disabled={!ready}>
              <SendIcon />
            </button>
          )}
        </div>
        <p className="composer-hint" id="composer-hint">
          {replying ? <><kbd>Esc</kbd> stops the reply</> : <><kbd>Enter</kbd> sends, <kbd>Shift</kbd> + <kbd>Enter</kbd> starts a new line</>}
        </p>
      </div>
    </form>
  );
}
