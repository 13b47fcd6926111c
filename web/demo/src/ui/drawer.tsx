import type { ReactNode } from 'react';
import { CloseIcon } from './icons.js';
import { useModal } from './use-modal.js';

interface DrawerProps { label: string; open: boolean; onClose: () => void; children: ReactNode }

/** The sidebar of a narrow screen: a modal dialog at the edge, closed by Escape or a click beside it. */
export function Drawer({ label, open, onClose, children }: DrawerProps) {
  const modal = useModal(open, onClose);
  return (
    <dialog
      {...modal}
      className="drawer"
      aria-label={label}
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      {open && (
        <div className="drawer-content">
          <button type="button" className="icon-button drawer-close" aria-label="Close" onClick={onClose}>
            <CloseIcon />
          </button>
          {children}
        </div>
      )}
    </dialog>
  );
}
