/** The module that Emscripten builds from `wasm/`; it is put beside this file's JavaScript by the build. */
import type { StreamsModule } from '../core-module.js';

export interface StreamsModuleOptions {
  /** Called once; calls `done` with the instance of the module. */
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): object;
}

export default function createStreamsModule(options: StreamsModuleOptions): Promise<StreamsModule>;
