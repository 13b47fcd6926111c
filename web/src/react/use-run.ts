import { useMemo, useSyncExternalStore } from 'react';
import type { IngestOptions, Run, StreamSource } from '../index.js';
import { liveRun, type RunState } from '../live/index.js';
import { useStore } from './provider.js';

export interface RunControls extends RunState {
  readonly start: (source: StreamSource, options: IngestOptions) => Promise<Run>;
  readonly stop: () => void;
}

/**
 * Starts streams in a session and says whether one is under way; see `liveRun`. A stream goes on when the component is
 * gone: it belongs to the store. `start` and `stop` stay the same functions.
 */
export function useRun(sessionId: string): RunControls {
  const store = useStore();
  const run = useMemo(() => liveRun(store, sessionId), [store, sessionId]);
  const state = useSyncExternalStore(run.subscribe, run.get, run.get);
  return { ...state, start: run.start, stop: run.stop };
}
