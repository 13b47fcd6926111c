/** The Worker of a store: what is posted to it goes to the host, what the host says is posted back. */
import type { ToPage, ToWorker } from '../protocol.js';
import { Host } from './host.js';

const host = new Host({
  post: (message: ToPage) => postMessage(message),
  end: () => close(),
});

addEventListener('message', (event: MessageEvent<ToWorker>) => host.receive(event.data));
