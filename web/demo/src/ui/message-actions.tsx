import type { Message } from 'millrace';
import type { MessageVersions } from 'millrace/live';
import type { ReactNode } from 'react';
import { textOf } from '../agent/history.js';
import { BranchIcon, CheckIcon, CopyIcon } from './icons.js';
import { useCopy } from './use-copy.js';
import { VersionSwitch } from './version-switch.js';

/** What every message of a conversation offers. */
export interface MessageControls {
  /** A reply is streaming: nothing is changed until it has ended. */
  readonly replying: boolean;
  readonly onShowVersion: (messageId: string) => void;
  readonly onFork: (messageId: string) => void;
}

interface MessageActionsProps {
  message: Message;
  /** Undefined: there is this one only. */
  versions: MessageVersions | undefined;
  controls: MessageControls;
  /** More buttons. */
  children?: ReactNode;
}

/** What can be done with one message. */
export function MessageActions({ message, versions, controls: { replying, onShowVersion, onFork }, children }: MessageActionsProps) {
  const { copied, copy } = useCopy('The message');
  const text = textOf(message);
  return (
    <div className="message-actions">
      {versions !== undefined && <VersionSwitch versions={versions} disabled={replying} onShow={onShowVersion} />}
      {text !== '' && (
        <button type="button" className="icon-button small" aria-label="Copy the message" title="Copy the message" onClick={() => copy(text)}>
          {copied ? <CheckIcon /> : <CopyIcon />}
        </button>
      )}
      {children}
      <button type="button" className="icon-button small" aria-label="Branch in new conversation" title="Branch in new conversation" onClick={() => onFork(message.id)}>
        <BranchIcon />
      </button>
    </div>
  );
}
