/**
 * `millrace/live`: queries that follow a store, without a framework. Nothing here opens a store or starts a Worker.
 *
 * @module millrace/live
 */
export { liveConversation, type Conversation, type LiveConversation, type MessageIds, type MessageVersions } from './conversation.js';
export { liveMessage } from './message.js';
export { liveRun, type LiveRun, type RunState } from './run.js';
export { liveSearch, type LiveSearch, type SearchHits } from './search.js';
export { liveSessions, type LiveSessions, type SessionFilter, type SessionList } from './sessions.js';
export { liveStorageStatus, type StorageStatus } from './storage-status.js';
export type { LiveQuery, Snapshot } from './snapshot.js';
