import type { MessageVersions } from 'millrace/live';
import type { ReactNode } from 'react';
import { ChevronIcon, ChevronLeftIcon } from './icons.js';

interface VersionSwitchProps {
  versions: MessageVersions;
  disabled: boolean;
  onShow: (messageId: string) => void;
}

/**
 * Which version of a message is shown, and the way to the others. The buttons are never `disabled`, and stay in the page when another
 * version is shown: so the one that was pressed keeps the focus.
 */
export function VersionSwitch({ versions: { messageIds, index }, disabled, onShow }: VersionSwitchProps) {
  const button = (name: string, icon: ReactNode, target: string | undefined): ReactNode => (
    <button
      type="button"
      className="icon-button small"
      aria-label={name}
      title={name}
      aria-disabled={disabled || target === undefined}
      onClick={() => !disabled && target !== undefined && onShow(target)}
    >
      {icon}
    </button>
  );
  return (
    <span className="versions" role="group" aria-label="Versions">
      {button('Previous version', <ChevronLeftIcon />, messageIds[index - 1])}
      <span className="version-count" role="status">
        <span aria-hidden="true">{index + 1} / {messageIds.length}</span>
        <span className="visually-hidden">{index + 1} of {messageIds.length}</span>
      </span>
      {button('Next version', <ChevronIcon />, messageIds[index + 1])}
    </span>
  );
}
