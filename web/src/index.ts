/**
 * The package `millrace`: a store, and what it gives and takes.
 *
 * @module millrace
 */
export { deleteStore, openStore } from './client/open-store.js';
export { MillraceError, type ErrorCode, type ErrorDetails } from './errors.js';
export {
  toProviderMessages,
  type AnthropicBlock, type AnthropicContent, type AnthropicMessage, type ChatCall, type ChatContent, type ChatMessage, type ChatReply,
  type ProviderFormat, type ProviderMessages, type ProviderMessagesOptions, type ResponsesCall, type ResponsesContent, type ResponsesItem,
  type ResponsesMessage, type ResponsesOutput, type ResponsesReasoning, type ResponsesReply, type ResponsesWords,
  type UiJson, type UiMessage, type UiMetadata, type UiPart,
} from './providers/index.js';
export type {
  Blobs, Draft, IngestOptions, MappedFormat, Messages, OpenOptions, ResumePoint, Run, RunScope, Sessions, Stats, Store,
  StreamFormat, StreamSource,
} from './api.js';
export type {
  BinaryPart, BlobInfo, CustomPart, EventFilter, FilePart, FinishPart, FinishReason, ImageUrlPart, Listener,
  Message, Metadata, NewMessage, Part, ReasoningPart, Role, SearchHit, SearchPage, SearchOptions, SearchPosition,
  Session, ShellCommandPart, StoreEvent, StreamEvent, TextPart, ToolCallPart, ToolResultPart,
  Usage,
} from './types.js';
