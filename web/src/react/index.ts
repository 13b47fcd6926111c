/**
 * `millrace/react`: the live queries of `millrace/live` as hooks, for React 18 and 19.
 *
 * @module millrace/react
 */
export { MillraceProvider, useStore, type MillraceProviderProps } from './provider.js';
export {
  useConversation, useMessage, useMessageIds, useSearch, useSessions, useStorageStatus, type ConversationState, type MessageIdsState,
  type MessageState, type QueryState, type SearchState, type SessionsState,
} from './use-queries.js';
export { useRun, type RunControls } from './use-run.js';
