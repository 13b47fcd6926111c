import type { ReactNode } from 'react';
import { CheckIcon, CopyIcon } from './icons.js';
import { useCopy } from './use-copy.js';

/** What can be done with one message. `children`: more buttons. */
export function MessageActions({ text, children }: { text: string; children?: ReactNode }) {
  const { copied, copy } = useCopy('The message');
  return (
    <div className="message-actions">
      <button type="button" className="icon-button small" aria-label="Copy the message" title="Copy the message" onClick={() => copy(text)}>
        {copied ? <CheckIcon /> : <CopyIcon />}
      </button>
      {children}
    </div>
  );
}
