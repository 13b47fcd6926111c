/** The Worker of a store: what is posted to it goes to its tab, or to a host alone where there are no tabs. */
import type { ToPage, ToWorker } from '../protocol.js';
import { Host } from './host.js';
import { LonePage } from './lone-page.js';
import { fetched, modulesOf } from './modules.js';
import { browser } from './tabs/environment.js';
import { Tab } from './tabs/tab.js';

interface Target {
  receive(messages: readonly ToWorker[]): void;
  /** An exception that nobody caught. */
  failed(error: unknown): void;
}

const modules = modulesOf(fetched);
const post = (messages: ToPage[]): void => postMessage(messages);
let target: Target | undefined;

/** The first message decides: a store that other tabs may open, or one of this page alone, or a store to be deleted. */
function begin(messages: readonly ToWorker[]): Target {
  const [first] = messages;
  if (first?.type === 'open' && first.request.storage !== 'memory' && first.request.lifeLock !== undefined && isSecureContext) {
    const tab = new Tab(browser, modules, first, post, () => close());
    tab.receive(messages.slice(1));
    return tab;
  }
  const host = new Host(modules.core, () => close());
  const page = new LonePage(host, modules, post);
  page.receive(messages);
  return { receive: (more) => page.receive(more), failed: (error) => host.failed(error) };
}

addEventListener('message', ({ data }: MessageEvent<ToWorker[]>) => {
  if (target) target.receive(data);
  else target = begin(data);
});
// The core's timers are called by the browser.
addEventListener('error', (event) => target?.failed(event.error));
