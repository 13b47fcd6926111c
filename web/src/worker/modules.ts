import type { CoreModule, StreamsModule } from '../core-module.js';
import { CoreGuard } from './core/core-guard.js';
import { loadModule, startModule } from './load-module.js';
import createCoreModule from './millrace-core.js';
import createStreamsModule from './millrace-streams.js';

/**
 * The modules of a Worker. Each is loaded when it is first asked for, and once: a page that only reads its history never loads what
 * reads streams, and a tab that follows never opens a database.
 */
export interface Modules {
  /** `wasmUrl`: where the core lies; undefined: beside the Worker. */
  core(wasmUrl?: string): Promise<CoreModule>;
  /** Beside the core. Loaded anew after a trap: what it was reading is over, and nothing else. */
  streams(wasmUrl?: string): Promise<StreamsModule>;
}

export interface Loaders {
  core(wasmUrl?: string): Promise<CoreModule>;
  streams(wasmUrl?: string): Promise<StreamsModule>;
}

/** The literals are what bundlers look for. */
export const fetched: Loaders = {
  core: (wasmUrl) => loadModule(createCoreModule, wasmUrl ?? new URL('./millrace-core.wasm', import.meta.url).href),
  streams: (wasmUrl) => loadModule(createStreamsModule, wasmUrl === undefined
    ? new URL('./millrace-streams.wasm', import.meta.url).href
    : new URL('millrace-streams.wasm', wasmUrl).href),
};

/** The modules, compiled. */
export interface Compiled { core: WebAssembly.Module; streams: WebAssembly.Module }

/** Those, but for a store that is opened with a `wasmUrl`. */
export function compiled({ core, streams }: Compiled): Loaders {
  return {
    core: (wasmUrl) => wasmUrl === undefined
      ? startModule(createCoreModule, (imports) => WebAssembly.instantiate(core, imports)) : fetched.core(wasmUrl),
    streams: (wasmUrl) => wasmUrl === undefined
      ? startModule(createStreamsModule, (imports) => WebAssembly.instantiate(streams, imports)) : fetched.streams(wasmUrl),
  };
}

export function modulesOf(loaders: Loaders): Modules {
  let core: Promise<CoreModule> | undefined;
  let streams: Promise<StreamsModule> | undefined;
  const forget = (): void => { streams = undefined; };

  async function guarded(wasmUrl: string | undefined): Promise<StreamsModule> {
    const guard = new CoreGuard(forget, { what: 'The reader of streams', advice: 'What had arrived of the reply is kept.' });
    try {
      return guard.guard(await loaders.streams(wasmUrl));
    } catch (error) {
      forget();
      throw error;
    }
  }
  return {
    core: (wasmUrl) => (core ??= loaders.core(wasmUrl)),
    streams: (wasmUrl) => (streams ??= guarded(wasmUrl)),
  };
}
