import { useStorageStatus, useStore } from 'millrace/react';
import { useEffect, useId, useRef, useState } from 'react';
import type { Role } from '../store/role-watch.js';
import { bytes } from './figures-table.js';
import { announce, reportError } from './notices.js';
import { TabRole } from './tab-role.js';
import { useModal } from './use-modal.js';

interface DataDialogProps {
  open: boolean;
  role: Role | undefined;
  onClose: () => void;
  /** Ends the Worker of this tab, as a crash does. */
  onCrash: () => void;
  /** The same in the tab that leads. */
  onCrashLeader: () => void;
}

/** Where the conversations lie, and the ways in and out. */
export function DataDialog({ open, role, onClose, onCrash, onCrashLeader }: DataDialogProps) {
  const modal = useModal(open, onClose);
  const id = useId();
  return (
    <dialog {...modal} className="dialog" aria-labelledby={id}>
      <h2 id={id}>Your data</h2>
      {open && <Stored />}
      {open && <Transfer />}
      <h3>Try a crash</h3>
      <p>
        Ends the Worker of a tab in the middle of whatever it does. That tab opens the store again, and nothing that was saved is
        gone. If it led, another tab leads from then on.
      </p>
      <TabRole role={role} />
      <div className="button-row">
        <button type="button" className="button" onClick={() => { onClose(); onCrash(); }}>Crash this tab’s Worker</button>
        <button type="button" className="button" onClick={() => { onClose(); onCrashLeader(); }}>Crash the leading tab’s Worker</button>
      </div>
      <div className="dialog-actions">
        <button type="button" className="button primary" autoFocus onClick={onClose}>Close</button>
      </div>
    </dialog>
  );
}

const PLACES = { opfs: 'in the browser’s private file system', indexeddb: 'in IndexedDB', memory: 'in memory only' } as const;

function Stored() {
  const { storage, error } = useStorageStatus();
  const estimate = useEstimate();
  return (
    <>
      <p>
        Your conversations are kept on this machine, {PLACES[storage]}.
        {estimate !== undefined && ` This site uses ${bytes(estimate.usage)} of the ${bytes(estimate.quota)} that the browser gives it.`}
      </p>
      {error !== undefined && <p role="alert">Saving fails at the moment: {error.message}</p>}
    </>
  );
}

function useEstimate(): { usage: number; quota: number } | undefined {
  const [estimate, setEstimate] = useState<{ usage: number; quota: number }>();
  useEffect(() => {
    navigator.storage.estimate().then(({ usage = 0, quota = 0 }) => setEstimate({ usage, quota }), reportError);
  }, []);
  return estimate;
}

function Transfer() {
  const store = useStore();
  const file = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const during = (work: () => Promise<string>): void => {
    if (busy) return;
    setBusy(true);
    work().then(announce, reportError).finally(() => setBusy(false));
  };
  const take = (chosen: File): Promise<string> => store.import(chosen).then(
    ({ sessions, messages }) => `${sessions} conversations and ${messages} messages were added. What was here already stays as it was.`,
  );
  return (
    <>
      <h3>Export and import</h3>
      <p>An export is one SQLite file with all messages in it, and without the content of attached files. Import takes such a file, or the database of Crush.</p>
      <div className="button-row">
        <button type="button" className="button" aria-disabled={busy} onClick={() => during(() => store.export().then(download))}>Export</button>
        <button type="button" className="button" aria-disabled={busy} onClick={() => file.current?.click()}>Import</button>
        <input
          ref={file} type="file" hidden aria-label="File to import" accept=".sqlite,.sqlite3,.db,application/vnd.sqlite3"
          onChange={({ target }) => {
            const [chosen] = target.files ?? [];
            if (chosen !== undefined) during(() => take(chosen));
            target.value = '';
          }}
        />
      </div>
    </>
  );
}

function download(content: Blob): string {
  const address = URL.createObjectURL(content);
  Object.assign(document.createElement('a'), { href: address, download: 'conversations.sqlite' }).click();
  // The download has begun by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  return 'The export is ready.';
}
