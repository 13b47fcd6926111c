import type { CoreModule } from '../core-module.js';
import { MillraceError } from '../errors.js';
import createCoreModule from './millrace-core.js';

/** Fetches and starts the core. Rejects with 'storage-unavailable', saying what a page's author can do. */
export function loadCore(wasmUrl?: string): Promise<CoreModule> {
  // The literal is what bundlers look for.
  const url = wasmUrl ?? new URL('./millrace-core.wasm', import.meta.url).href;
  return startCore((imports) => instantiate(url, imports));
}

/** Starts the core on an instance that is made of these imports. */
export function startCore(instance: (imports: WebAssembly.Imports) => Promise<WebAssembly.Instance>): Promise<CoreModule> {
  return new Promise((resolve, reject) => {
    const instantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object => {
      instance(imports).then(done, reject);
      return {};
    };
    createCoreModule({ instantiateWasm }).then(resolve, reject);
  });
}

async function instantiate(url: string, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
  const response = await fetch(url, { credentials: 'same-origin' }).catch((error: unknown) => {
    throw unavailable(url, String(error), error);
  });
  if (!response.ok) throw unavailable(url, `the server answered ${response.status}`);
  try {
    // Streaming compiles while it loads, but insists on the right content type.
    const streams = response.headers.get('content-type')?.startsWith('application/wasm') ?? false;
    const { instance } = streams
      ? await WebAssembly.instantiateStreaming(response, imports)
      : await WebAssembly.instantiate(await response.arrayBuffer(), imports);
    return instance;
  } catch (error) {
    throw unavailable(url, String(error), error);
  }
}

function unavailable(url: string, why: string, cause?: unknown): MillraceError {
  return new MillraceError('storage-unavailable',
    `The WebAssembly core could not be loaded from ${url}: ${why}. Check that the file is served there ` +
    "(options.wasmUrl names another place) and that the Content-Security-Policy has script-src 'wasm-unsafe-eval'.",
    { cause });
}
