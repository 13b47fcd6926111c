// Runs one scenario of one rival in a Worker, where access handles are, and answers with its figures.
import { scenariosOf } from './sqlite-chat.js';

let bytes = 0;
const write = FileSystemSyncAccessHandle.prototype.write;
FileSystemSyncAccessHandle.prototype.write = function counted(buffer, options) {
  bytes += buffer.byteLength;
  return write.call(this, buffer, options);
};

const RIVALS = {
  'sqlite-wasm': async () => scenariosOf((await import('./sqlite-wasm.js')).open),
  'wa-sqlite': async () => scenariosOf((await import('./wa-sqlite.js')).open),
  dexie: async () => (await import('./dexie.js')).scenarios,
};

onmessage = async ({ data: { rival, scenario, options } }) => {
  try {
    const scenarios = await RIVALS[rival]();
    const reached = (step, messages) => postMessage({ step, messages });
    postMessage({ result: await scenarios[scenario](options, () => bytes, reached) });
  } catch (error) {
    postMessage({ error: `${rival}, ${scenario}: ${error?.stack ?? error}` });
  }
};
