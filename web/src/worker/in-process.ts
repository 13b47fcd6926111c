/**
 * The Worker's side where there is no Worker: in the thread of who opens the store, as in the unit tests of an
 * application under Node. What crosses is cloned and arrives later, as between threads, so that nothing works here
 * which does not work in a browser.
 */
import type { ToPage, ToWorker } from '../protocol.js';
import { Host } from './host.js';

/** What the page's side uses of a Worker. */
export class InProcessWorker extends EventTarget {
  readonly #host: Host;
  /** By its own `close`: what it said before still arrives. */
  #closed = false;
  #terminated = false;

  constructor() {
    super();
    this.#host = new Host({
      post: (messages: ToPage[]) => deliver(messages, [], (data) => {
        if (!this.#terminated) this.dispatchEvent(new MessageEvent('message', { data }));
      }),
      end: () => { this.#closed = true; },
    });
  }

  postMessage(messages: ToWorker[], transfer: Transferable[] = []): void {
    deliver(messages, transfer, (data) => {
      if (!this.#closed && !this.#terminated) this.#host.receive(data);
    });
  }

  terminate(): void {
    this.#terminated = true;
  }
}

/** In the order of the calls. A message under way keeps the process alive, an idle store does not. */
function deliver<T>(message: T, transfer: Transferable[], receive: (message: T) => void): void {
  const copy = structuredClone(message, { transfer });
  setTimeout(() => receive(copy), 0);
}
