import { useImperativeHandle, useRef, useState, type FormEvent, type KeyboardEvent, type Ref } from 'react';
import { SendIcon, StopIcon } from './icons.js';

export interface ComposerHandle { focus: () => void }

interface ComposerProps {
  ref: Ref<ComposerHandle>;
  replying: boolean;
  disabled: boolean;
  onSend: (prompt: string) => void;
  onStop: () => void;
}

/** The message field. What is being typed stays while a reply streams or the session changes. */
export function Composer({ ref, replying, disabled, onSend, onStop }: ComposerProps) {
  const [prompt, setPrompt] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }), []);
  const ready = prompt.trim() !== '' && !replying && !disabled;

  const submit = (event?: FormEvent): void => {
    event?.preventDefault();
    if (!ready) return;
    setPrompt('');
    onSend(prompt.trim());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // While an input method is composing, Enter belongs to it.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form className="composer-dock" onSubmit={submit}>
      <div className="composer">
        <div className="composer-box">
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
