import { useSyncExternalStore } from 'react';

/** The session on the screen is the fragment of the address: it survives a reload, and Back works. */
export function useActiveSessionId(): string {
  return useSyncExternalStore(subscribe, () => decodeURIComponent(location.hash.slice(1)));
}

export function showSession(sessionId: string): void {
  location.hash = encodeURIComponent(sessionId);
}

function subscribe(onChange: () => void): () => void {
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
}
