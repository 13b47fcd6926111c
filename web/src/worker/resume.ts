/** What the core has to know of a tab that was a client of an earlier leader (M2). */
import type { CoreError, CoreStore, WireEvent } from '../core-module.js';
import type { Resumed } from '../protocol.js';
import type { Runs } from './runs.js';

interface Told {
  /** The page's listeners hear these. */
  tell(events: WireEvent[]): void;
  /** The writer can not go on. */
  lost(writer: string, messageId: string, error: CoreError): void;
}

/** `runs`: the core's number of each run is added. The calls of the core are answered before this returns. */
export function resume(core: CoreStore, client: string, { runs: begun, writers, unfinished }: Resumed, runs: Runs, told: Told): void {
  for (const { run, sessionId } of begun) {
    core.call('beginRun', [sessionId], (error, number) => { if (!error) runs.set(run, number!); }, undefined);
  }
  for (const { writer, messageId, stream, run } of writers) {
    core.call('adopt', [messageId, writer, runs.get(run) ?? 0, stream], (error) => {
      if (error) told.lost(writer, messageId, error);
    }, { client });
  }
  // Nobody knows what the page was not told of: it reads again what it shows.
  const events: WireEvent[] = [{ type: 'lagged', dropped: 0, messageIds: [] }];
  for (const { messageId: id, sessionId } of unfinished) {
    core.call('getMessage', [id, false], (error, message) => {
      if (error) return;
      if (!message) events.push({ type: 'deleted', sessionId, messageIds: [id] });
      else if (message.finishedAt !== undefined) {
        events.push({ type: 'updated', id, sessionId, terminal: true, saved: true, finished: true, message });
      }
    }, undefined);
  }
  told.tell(events);
}
