/** The store of a tree of components: given, or opened and closed with the tree. */
import { createContext, createElement, useContext, useEffect, useState, type ReactNode } from 'react';
import { openStore, type MillraceError, type OpenOptions, type Store } from '../index.js';
import { liveStorageStatus } from '../live/index.js';

const StoreContext = createContext<Store | undefined>(undefined);

export interface MillraceProviderProps {
  /** A store that is open already. Whoever opened it closes it. */
  store?: Store;
  /**
   * Instead of `store`: opened when the provider is mounted, closed when it goes, opened again if its Worker has ended. Read
   * once; another `name` opens another store.
   */
  options?: OpenOptions;
  /** Shown until the store is open. */
  fallback?: ReactNode;
  /** Shown if it cannot be opened; `retry` opens it again. Without this the error is thrown, for an error boundary. */
  failed?: (error: MillraceError, retry: () => void) => ReactNode;
  children?: ReactNode;
}

/** Gives the hooks below it their store. Its children are shown once the store is open. */
export function MillraceProvider({ store, options, fallback, failed, children }: MillraceProviderProps): ReactNode {
  const [opening, retry] = useOpening(store ? undefined : options);
  const opened = store ?? opening?.store;
  useEffect(() => {
    // From here on, for whichever component asks later.
    if (opened) return liveStorageStatus(opened).subscribe(() => undefined);
    return undefined;
  }, [opened]);
  if (opened) return createElement(StoreContext.Provider, { value: opened }, children);
  const error = opening?.error;
  if (error && !failed) throw error;
  return error && failed ? failed(error, retry) : fallback;
}

/** The store of the nearest provider. Throws where there is none. */
export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error('There is no store here: put the component into a <MillraceProvider>');
  return store;
}

interface Opening { readonly store?: Store; readonly error?: MillraceError }

/** Undefined: not open yet. */
function useOpening(options: OpenOptions | undefined): [Opening | undefined, () => void] {
  const [opening, setOpening] = useState<Opening>();
  const [attempt, setAttempt] = useState(0);
  const name = options && (options.name ?? '');
  useEffect(() => {
    if (name === undefined) return undefined;
    let mounted = true;
    const handle = openStore(options);
    const again = (): void => { if (mounted) setAttempt((attempts) => attempts + 1); };
    handle.then((store) => {
      if (!mounted) return;
      // From the first moment on: the Worker may end before the components below are there. Trouble with the disk alone is no end,
      // nor is a tab that leads and does not answer.
      store.subscribe(() => void store.stats().catch(({ code }: MillraceError) => code === 'timeout' || again()), { types: ['storage-error'] });
      setOpening({ store });
    }, (error: MillraceError) => mounted && setOpening({ error }));
    return () => {
      mounted = false;
      setOpening(undefined);
      // Later than an opening in the same turn, which then shares the store: a provider that is mounted twice does not close it.
      queueMicrotask(() => void handle.then((store) => store.close()).catch(() => undefined));
    };
    // The options are read once: an object that is written anew in each render opens nothing.
  }, [name, attempt]);
  return [opening, () => setAttempt((attempts) => attempts + 1)];
}
