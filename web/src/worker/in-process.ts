/**
 * The Worker's side where there is no Worker: in the thread of who opens the store, as in the unit tests of an
 * application under Node. What crosses is cloned and arrives later, as between threads, so that nothing works here
 * which does not work in a browser.
 */
import type { ToPage, ToWorker } from '../protocol.js';
import { isBlob } from '../realms.js';
import { Host } from './host.js';
import { LonePage } from './lone-page.js';
import { compiled, modulesOf, type Compiled } from './modules.js';

/** What the page's side uses of a Worker. */
export class InProcessWorker extends EventTarget {
  readonly #page: LonePage;
  /** By its own `close`: what it said before still arrives. */
  #closed = false;
  #terminated = false;

  constructor(modulesOfNode: Compiled) {
    super();
    const modules = modulesOf(compiled(modulesOfNode));
    const host = new Host(modules.core, () => { this.#closed = true; });
    this.#page = new LonePage(host, modules, (messages) => deliver(messages, [], (data) => {
      if (!this.#terminated) this.dispatchEvent(new MessageEvent('message', { data }));
    }));
  }

  postMessage(messages: ToWorker[], transfer: Transferable[] = []): void {
    deliver(messages, transfer, (data) => {
      if (!this.#closed && !this.#terminated) this.#page.receive(data);
    });
  }

  terminate(): void {
    this.#terminated = true;
  }
}

/** In the order of the calls. A message under way keeps the process alive, an idle store does not. */
function deliver<T extends ToPage | ToWorker>(messages: T[], transfer: Transferable[], receive: (messages: T[]) => void): void {
  const copies = transfer.length > 0 ? structuredClone(messages, { transfer }) : messages.map(copyOf);
  setTimeout(() => receive(copies), 0);
}

/** Blobs cross as references. Those of a test runner's document could not even be cloned. */
function copyOf<T extends ToPage | ToWorker>(message: T): T {
  if (message.type === 'reply' && 'value' in message && isBlob(message.value)) return { ...message };
  if (message.type === 'put-blob') return { ...message };
  if (message.type === 'call' && message.method === 'import') return { ...message, args: [...message.args] };
  return structuredClone(message);
}
