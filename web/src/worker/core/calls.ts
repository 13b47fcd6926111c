/** Calls of the page as calls of the core, and the two in which the Worker has a part. */
import type { Calls, Method } from '../../calls.js';
import type { Callback, CoreCaller, CoreStore } from '../../core-module.js';
import type { Call } from '../../protocol.js';
import { exportFrom, importInto } from './transfer.js';

/** Reads of what is on disk. They follow what was asked for before them, so they end the turn that it shares. */
export const READS_OF_DISK: ReadonlySet<Method> = new Set<Method>(['getSession', 'listSessions', 'search', 'export', 'blobInfo', 'blobUsage', 'stats', 'close']);

/** `caller` undefined: the store's own tab. */
export function callCore(core: CoreStore, call: Call, done: Callback<ReturnType<Calls[Method]>>, caller: CoreCaller | undefined): void {
  switch (call.method) {
    case 'export': return exportFrom(core, done);
    case 'import': return importInto(core, call.args[0], done, caller);
    default: return core.call(call.method, call.args, done, caller);
  }
}
