import { useSyncExternalStore } from 'react';
import { CloseIcon } from './icons.js';
import { dismissAlert, getNotices, subscribeToNotices } from './notices.js';

/** The live regions of the page. They are always there: a region that comes with its text is not read. */
export function Announcer() {
  const { announcement, alert } = useSyncExternalStore(subscribeToNotices, getNotices);
  return (
    <>
      <div className="visually-hidden" role="status" aria-live="polite">
        {announcement}
      </div>
      <div className="alerts" role="alert">
        {alert !== undefined && (
          <p className="alert">
            <span>{alert}</span>
            <button type="button" className="icon-button" aria-label="Dismiss" onClick={dismissAlert}>
              <CloseIcon />
            </button>
          </p>
        )}
      </div>
    </>
  );
}
