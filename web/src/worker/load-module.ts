import { MillraceError } from '../errors.js';

type Instance = (imports: WebAssembly.Imports) => Promise<WebAssembly.Instance>;
/** Emscripten's factory. */
type Create<T> = (options: {
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}) => Promise<T>;

/** Starts a module on an instance that is made of these imports. */
export function startModule<T>(create: Create<T>, instance: Instance): Promise<T> {
  return new Promise((resolve, reject) => {
    const instantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object => {
      instance(imports).then(done, reject);
      return {};
    };
    create({ instantiateWasm }).then(resolve, reject);
  });
}

/** Fetches a module and starts it. Rejects with 'storage-unavailable', saying what a page's author can do. */
export function loadModule<T>(create: Create<T>, url: string): Promise<T> {
  return startModule(create, (imports) => instantiate(url, imports));
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
    `A WebAssembly module of millrace could not be loaded from ${url}: ${why}. Check that the file is served there ` +
    "(options.wasmUrl names another place) and that the Content-Security-Policy has script-src 'wasm-unsafe-eval'.",
    { cause });
}
