import { useEffect, useRef, type RefObject, type SyntheticEvent } from 'react';

interface Modal {
  ref: RefObject<HTMLDialogElement | null>;
  onClose: (event: SyntheticEvent<HTMLDialogElement>) => void;
}

/** Keeps a `<dialog>` as open as `open` says: the properties for it. The browser traps the focus and gives it back. */
export function useModal(open: boolean, onClose: () => void): Modal {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null || element.open === open) return;
    if (open) element.showModal();
    else element.close();
  }, [open]);
  return {
    ref,
    // The event comes later than the closing: somebody may have opened it again by then.
    onClose: ({ currentTarget }) => { if (!currentTarget.open) onClose(); },
  };
}
