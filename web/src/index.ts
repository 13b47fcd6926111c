/**
 * The package `millrace`: a store, and what it gives and takes.
 *
 * @module millrace
 */
export { deleteStore, openStore } from './client/open-store.js';
export { MillraceError, type ErrorCode, type ErrorDetails } from './errors.js';
export type {
  Draft, IngestOptions, Messages, OpenOptions, Run, RunScope, Sessions, Stats, Store, StreamFormat,
  StreamSource,
} from './api.js';
export type {
  BinaryPart, CustomPart, EventFilter, FinishPart, FinishReason, ImageUrlPart, Listener,
  Message, NewMessage, Part, ReasoningPart, Role, SearchHit, SearchPage, SearchOptions, SearchPosition,
  Session, ShellCommandPart, StoreEvent, TextPart, ToolCallPart, ToolResultPart,
} from './types.js';
