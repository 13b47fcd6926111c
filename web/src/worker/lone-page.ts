import type { Call, FromHost, OpenRequest, ToHost, ToPage, ToWorker } from '../protocol.js';
import { Blobs } from './blobs/blobs.js';
import { MemoryBlobs } from './blobs/memory-blobs.js';
import type { Host, Port } from './host.js';
import type { Modules } from './modules.js';
import { OwnCalls } from './own-calls.js';
import { whenOnline } from './tabs/environment.js';
import { TabStreams } from './streams/tab-streams.js';

/** The page of a store that no other tab can have open: what it says goes to the host, but for the content of blobs and streams. */
export class LonePage {
  readonly #page: Port;
  readonly #own: OwnCalls;
  readonly #blobs: Blobs;
  readonly #streams: TabStreams;

  #request: OpenRequest | undefined;

  constructor(host: Host, modules: Modules, post: (messages: ToPage[]) => void) {
    this.#page = host.connectPage((messages) => this.#heard(messages, post));
    this.#own = new OwnCalls((message) => this.#page.receive([message as ToHost]));
    const tell = (message: ToPage): void => post([message]);
    this.#streams = new TabStreams({
      load: () => modules.streams(this.#request?.wasmUrl),
      say: (message) => this.#page.receive([message as ToHost]), tell,
      isHere: () => true,
      putFile: (file) => this.#blobs.putFile(file), clock: { now: () => performance.now(), after }, whenOnline,
    }, this.#own);
    let last: Promise<unknown> = Promise.resolve();
    this.#blobs = new Blobs({
      files: () => new MemoryBlobs(),
      load: () => modules.core(this.#request?.wasmUrl),
      // A Blob in memory outlives its entry.
      holdExport: async () => () => undefined,
      holdCollection: async () => () => undefined,
      // One step after the other is alone enough.
      locked: (step) => {
        const done = last.then(step);
        last = done.catch(() => undefined);
        return done;
      },
      tell,
      after: afterAWhile,
    }, this.#own);
  }

  receive(messages: readonly ToWorker[]): void {
    const out: ToHost[] = [];
    // In their order, also where some go another way.
    const sayAll = (): void => this.#page.receive(out.splice(0));
    for (const message of messages) {
      if (message.type === 'open') {
        this.#request = message.request;
        this.#blobs.collectFromNowOn();
      }
      if (message.type === 'ingest') sayAll();
      if (message.type === 'call' && message.method === 'close') {
        sayAll();
        void this.#close(message);
      } else if (!this.#blobs.take(message) && !this.#streams.take(message)) {
        out.push(message as ToHost);
      }
    }
    sayAll();
  }

  async #close(call: Call & { method: 'close' }): Promise<void> {
    this.#blobs.close('The store was closed');
    await this.#streams.abortAll('The store was closed', call.args[0]);
    this.#page.receive([call]);
  }

  #heard(messages: readonly FromHost[], post: (messages: ToPage[]) => void): void {
    const forPage = messages.filter((message) => !this.#own.heard(message) && !this.#streams.heard(message)) as ToPage[];
    if (forPage.length > 0) post(forPage);
  }
}

/** A stream under way keeps a process alive. */
function after(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}

/** Under Node it keeps no process alive. */
function afterAWhile(ms: number, callback: () => void): () => void {
  const timer: unknown = setTimeout(callback, ms);
  (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer as number);
}
