/**
 * The package under Node, for the unit tests of an application: the same API, with the core in the same thread. What
 * lasts needs a browser: only storage 'memory' opens.
 */
import { deleteStore as deleteInPage, MillraceError, openStore as openInPage } from './index.js';
import type { OpenOptions, Store } from './api.js';
import { notInABrowser } from './start-worker.js';

/** What outlasts a page needs one. */
function nowhere(): never { throw notInABrowser(); }

/** The Worker's side, which has a compiler run of its own: bundle.mjs puts the two together. */
export interface WorkerSide { InProcessWorker: new (compiled: Compiled) => unknown }
interface Compiled { core: WebAssembly.Module; streams: WebAssembly.Module }

export function storesInNode({ InProcessWorker }: WorkerSide, wasm: { core: URL; streams: URL }): {
  openStore(options?: OpenOptions): Promise<Store>;
  deleteStore(name: string): Promise<void>;
} {
  let compiled: Promise<Compiled> | undefined;

  async function compile(): Promise<Compiled> {
    const [core, streams] = await Promise.all([wasm.core, wasm.streams].map(async (file) => WebAssembly.compile(await read(file))));
    return { core: core!, streams: streams! };
  }

  async function inProcess(): Promise<() => Worker> {
    const modules = await (compiled ??= compile());
    return () => new InProcessWorker(modules) as Worker;
  }

  return {
    async openStore(options = {}) {
      const worker = options.storage === 'memory' ? await inProcess() : nowhere;
      return openInPage({ ...options, worker: options.worker ?? worker });
    },

    /** Nothing lasts here, so there is nothing to delete; 'in-use' while it is open, as everywhere. */
    async deleteStore(name) {
      try {
        await deleteInPage(name);
      } catch (error) {
        if (!(error instanceof MillraceError && error.code === 'storage-unavailable')) throw error;
      }
    },
  };
}

interface NodeFiles { readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> }

function read(path: URL): Promise<Uint8Array<ArrayBuffer>> {
  // Bundlers of pages look for imports of Node's modules; they need not find one here.
  const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): NodeFiles } };
  return process.getBuiltinModule('node:fs/promises').readFile(path);
}
