import { MillraceProvider } from 'millrace/react';
import { useSyncExternalStore } from 'react';
import type { StoreHost } from './store/store-host.js';
import { Announcer } from './ui/announcer.js';
import { OpeningFailed } from './ui/opening-failed.js';
import { Workspace } from './ui/workspace.js';

export function App({ host }: { host: StoreHost }) {
  const state = useSyncExternalStore(host.subscribe, host.getSnapshot);
  return (
    <>
      {state.kind === 'failed' ? (
        <OpeningFailed error={state.error} onRetry={() => void host.open()} />
      ) : state.kind === 'opening' ? (
        <main className="splash" aria-busy="true">
          <p>Opening the store…</p>
        </main>
      ) : (
        <MillraceProvider store={state.opened.store}>
          <Workspace
            opened={state.opened}
            switching={state.kind === 'switching'}
            onReopen={(windowMs) => void host.reopen(windowMs)}
            onCrash={() => host.crash()}
            onCrashLeader={() => host.crashLeader()}
          />
        </MillraceProvider>
      )}
      <Announcer />
    </>
  );
}
