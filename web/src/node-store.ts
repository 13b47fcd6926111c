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
export interface WorkerSide { InProcessWorker: new (core: WebAssembly.Module) => unknown }

export function storesInNode({ InProcessWorker }: WorkerSide, wasm: URL): {
  openStore(options?: OpenOptions): Promise<Store>;
  deleteStore(name: string): Promise<void>;
} {
  let compiled: Promise<WebAssembly.Module> | undefined;

  async function inProcess(): Promise<() => Worker> {
    const core = await (compiled ??= read(wasm).then((bytes) => WebAssembly.compile(bytes)));
    return () => new InProcessWorker(core) as Worker;
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
