/** The Worker of a store: what is posted to it goes to the host, what the host says is posted back. */
import type { ToWorker } from '../protocol.js';
import { Host } from './host.js';
import { loadCore } from './load-core.js';

const host = new Host(loadCore, () => close());
const page = host.connect((messages) => postMessage(messages));

addEventListener('message', (event: MessageEvent<ToWorker[]>) => page.receive(event.data));
// The core's timers are called by the browser.
addEventListener('error', (event) => host.failed(event.error));
