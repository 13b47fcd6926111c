/** What the events of a page's life say about it. */
import type { ToWorker } from '../../protocol.js';

type PageEvent = Pick<Extract<ToWorker, { type: 'page-event' }>, 'event' | 'persisted'>;

/** Whether the page is frozen, or kept in the browser's cache, after that event. Some events say nothing about it. */
export function frozenAfter({ event, persisted }: PageEvent, before: boolean): boolean {
  if (event === 'freeze' || (event === 'pagehide' && persisted)) return true;
  return event === 'resume' || event === 'pageshow' ? false : before;
}
