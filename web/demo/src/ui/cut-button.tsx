import { useId, useSyncExternalStore } from 'react';
import { cutConnections } from '../agent/chat-request.js';
import { getSettings, isOwnServer, subscribeToSettings } from '../agent/settings.js';
import { reportError } from './notices.js';

/** Breaks the connection in the middle of a reply, to show that the reply survives it. */
export function CutButton({ replying }: { replying: boolean }) {
  const settings = useSyncExternalStore(subscribeToSettings, getSettings);
  const own = isOwnServer(settings);
  const usable = replying && own;
  const id = useId();
  return (
    <div className="control">
      <button
        type="button"
        className="button wide"
        aria-disabled={!usable}
        aria-describedby={id}
        onClick={() => usable && void cutConnections(settings).catch(reportError)}
      >
        Cut the connection
      </button>
      <p className="hint" id={id}>
        {own ? 'In the middle of a reply. It goes on by itself, and nothing of it is lost.' : 'Only the demo’s own server keeps its replies.'}
      </p>
    </div>
  );
}
