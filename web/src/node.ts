/**
 * The package under Node, for the unit tests of an application: the same API, with the core in the same thread. What
 * lasts needs a browser: only storage 'memory' opens.
 */
import { deleteStore as deleteInPage, MillraceError, openStore as openInPage } from './index.js';
import type { OpenOptions, Store } from './api.js';

export * from './index.js';

export async function openStore(options: OpenOptions = {}): Promise<Store> {
  const [worker, wasmUrl] = await Promise.all([options.worker ?? inProcess(), options.wasmUrl ?? wasmAsBlob()]);
  return openInPage({ ...options, worker, wasmUrl });
}

/** Nothing lasts here, so there is nothing to delete; 'in-use' while it is open, as everywhere. */
export async function deleteStore(name: string): Promise<void> {
  try {
    await deleteInPage(name);
  } catch (error) {
    if (!(error instanceof MillraceError && error.code === 'storage-unavailable')) throw error;
  }
}

/** Not written as an import: the Worker's side is no part of what a page loads, and has a compiler run of its own. */
async function inProcess(): Promise<() => Worker> {
  const side = await (import(new URL('./worker/in-process.js', import.meta.url).href) as Promise<{ InProcessWorker: new () => unknown }>);
  return () => new side.InProcessWorker() as Worker;
}

let blob: Promise<string> | undefined;

/** Node's fetch reads no files, but blobs. */
function wasmAsBlob(): Promise<string> {
  return (blob ??= read().then((bytes) => URL.createObjectURL(new Blob([bytes], { type: 'application/wasm' }))));
}

interface NodeFiles { readFile(path: URL): Promise<Uint8Array<ArrayBuffer>> }

function read(): Promise<Uint8Array<ArrayBuffer>> {
  // Bundlers of pages look for imports of Node's modules; they need not find one here.
  const { process } = globalThis as unknown as { process: { getBuiltinModule(name: string): NodeFiles } };
  return process.getBuiltinModule('node:fs/promises').readFile(new URL('./worker/millrace-core.wasm', import.meta.url));
}
