// @ts-check
/** The specs that run in every browser on every storage, and in memory under Node. Those of several phases are in lifecycle.js. */
export * as blobs from './blobs.js';
export * as branches from './branches.js';
export * as drafts from './drafts.js';
export * as events from './events.js';
export * as inputs from './inputs.js';
export * as live from './live.js';
export * as mapping from './mapping.js';
export * as reading from './reading.js';
export * as ingest from './ingest.js';
export * as replies from './replies.js';
export * as resuming from './resuming.js';
export * as search from './search.js';
export * as stores from './stores.js';
export * as transfer from './transfer.js';
export * as turns from './turns.js';
