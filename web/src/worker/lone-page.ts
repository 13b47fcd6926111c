import type { CoreModule } from '../core-module.js';
import type { FromHost, ToHost, ToPage, ToWorker } from '../protocol.js';
import { Blobs } from './blobs/blobs.js';
import { MemoryBlobs } from './blobs/memory-blobs.js';
import type { Host, Port } from './host.js';
import { OwnCalls } from './own-calls.js';
import { TabStreams } from './streams/tab-streams.js';

/** The page of a store that no other tab can have open: what it says goes to the host, but for the content of blobs and the streams that it maps. */
export class LonePage {
  readonly #page: Port;
  readonly #own: OwnCalls;
  readonly #blobs: Blobs;
  readonly #streams: TabStreams;

  constructor(host: Host, load: () => Promise<CoreModule>, post: (messages: ToPage[]) => void) {
    this.#page = host.connectPage((messages) => this.#heard(messages, post), (file) => this.#blobs.putFile(file));
    this.#own = new OwnCalls((message) => this.#page.receive([message as ToHost]));
    const tell = (message: ToPage): void => post([message]);
    this.#streams = new TabStreams(load, (message) => this.#page.receive([message as ToHost]), this.#own, tell, {
      now: () => performance.now(), after: afterAWhile,
    }, (file) => this.#blobs.putFile(file));
    let last: Promise<unknown> = Promise.resolve();
    this.#blobs = new Blobs({
      files: () => new MemoryBlobs(),
      load,
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
    for (const { type } of messages) if (type === 'open') this.#blobs.collectFromNowOn();
    this.#page.receive(messages.filter((message) => {
      if (message.type === 'call' && message.method === 'close') this.#blobs.close('The store was closed');
      return !this.#blobs.take(message) && !this.#streams.take(message, false);
    }) as ToHost[]);
  }

  #heard(messages: readonly FromHost[], post: (messages: ToPage[]) => void): void {
    const forPage = messages.filter((message) => !this.#own.heard(message)) as ToPage[];
    if (forPage.length > 0) post(forPage);
  }
}

/** Under Node it keeps no process alive. */
function afterAWhile(ms: number, callback: () => void): () => void {
  const timer: unknown = setTimeout(callback, ms);
  (timer as { unref?(): void }).unref?.();
  return () => clearTimeout(timer as number);
}
