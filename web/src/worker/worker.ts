/** The Worker of a store: what is posted to it goes to the host, what the host says is posted back. */
import type { ToPage, ToWorker } from '../protocol.js';
import { Host } from './host.js';
import { loadCore } from './load-core.js';

const host = new Host({
  post: (messages: ToPage[]) => postMessage(messages),
  end: () => close(),
}, loadCore);

addEventListener('message', (event: MessageEvent<ToWorker[]>) => host.receive(event.data));
// The core's timers are called by the browser.
addEventListener('error', (event) => host.failed(event.error));
