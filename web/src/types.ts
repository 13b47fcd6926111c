/**
 * The data of the public contract: messages, sessions, events, error codes. Types only.
 *
 * Times are milliseconds since the epoch, durations milliseconds, text offsets UTF-16 code units.
 */
import type { MillraceError } from './errors.js';

// ---------------------------------------------------------------- messages

export type Role = 'user' | 'assistant' | 'system' | 'tool';

export type FinishReason =
  | 'end_turn' | 'max_tokens' | 'tool_use' | 'canceled' | 'error'
  | 'content_filter' | 'interrupted' | 'unknown';

/** Fields of a stored part that this version does not know; kept through every read and update. */
interface Extra { extra?: Readonly<Record<string, unknown>> }

/** The application's own data: a JSON object. A change of it is a JSON Merge Patch (RFC 7396): null removes. Up to 1 MiB. */
export type Metadata = Readonly<Record<string, unknown>>;

/** One event of a stream: of Server-Sent Events, or a line of JSON as `data`. */
export interface StreamEvent {
  readonly data: string;
  /** The field `event`. */
  readonly name?: string;
  /** The field `id` of this event, or of the last one before it that had any. */
  readonly id?: string;
}

/** Token counts of one message, as the provider reported them last. */
export interface Usage {
  inputTokens: number; outputTokens: number;
  cachedInputTokens?: number; reasoningTokens?: number;
  /** In the application's currency. */
  cost?: number;
}

/**
 * `refusal`: the model declined, in its own words.
 * `id`: names the part within its message, for streams that write several texts side by side.
 */
export interface TextPart extends Extra { type: 'text'; text: string; refusal?: boolean; id?: string }
export interface ReasoningPart extends Extra {
  type: 'reasoning'; text: string;
  /** Opaque, kept byte for byte: some providers refuse the next turn without it. */
  signature?: string;
  startedAt?: number;
  /** Set: this section has ended, and a next delta of reasoning starts a new part. */
  finishedAt?: number;
  /** As in `TextPart`. */
  id?: string;
}
export interface ToolCallPart extends Extra {
  type: 'tool_call'; id: string; name: string;
  /** JSON text as the model wrote it; may be incomplete until `finished`. */
  input: string;
  finished: boolean; providerExecuted?: boolean;
  /** A person is asked before the tool runs. `approved` absent: not answered yet. */
  approval?: { id: string; approved?: boolean; reason?: string };
}
export interface ToolResultPart extends Extra {
  type: 'tool_result'; toolCallId: string; name: string; content: string;
  isError?: boolean; data?: string; mimeType?: string; metadata?: string;
  /** A later result of the same call takes its place. */
  preliminary?: boolean;
}
export interface ImageUrlPart extends Extra { type: 'image_url'; url: string; detail?: string }
export interface BinaryPart extends Extra { type: 'binary'; mimeType: string; data: Uint8Array; path?: string }
export interface ShellCommandPart extends Extra { type: 'shell_command'; command: string; output: string; exitCode: number }
/** A file beside the message: in the store's blobs (`blob`, its id), or somewhere else (`url`). `size` in bytes. */
export interface FilePart extends Extra { type: 'file'; mediaType: string; name?: string; size?: number; blob?: string; url?: string }
export interface FinishPart extends Extra { type: 'finish'; reason: FinishReason; time: number; message?: string; details?: string }
/** Any other type, kept verbatim. Ingest uses the name 'usage' ({ inputTokens, outputTokens }). */
export interface CustomPart { type: 'custom'; name: string; data: unknown; id?: string }

export type Part =
  | TextPart | ReasoningPart | ToolCallPart | ToolResultPart | ImageUrlPart
  | BinaryPart | ShellCommandPart | FilePart | FinishPart | CustomPart;

/** An immutable snapshot. A changed message is a new object; unchanged parts keep their identity. */
export interface Message {
  readonly id: string;
  readonly sessionId: string;
  /** The message it follows; absent: it begins the session. Messages of one parent are versions of each other. */
  readonly parentId?: string;
  readonly role: Role;
  readonly parts: readonly Part[];
  readonly model?: string;
  readonly provider?: string;
  readonly isSummary: boolean;
  readonly metadata?: Metadata;
  readonly usage?: Usage;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Set: the message is finished and takes no more changes, but of its metadata and its usage. */
  readonly finishedAt?: number;
  /** Grows with every mutation applied. Deltas merged on their way count as one; an empty delta is none. */
  readonly version: number;
}

export interface NewMessage {
  /** Default: a random UUID. Taken already: 'invalid-argument'. */
  id?: string;
  role: Role;
  parts?: Part[];
  model?: string;
  provider?: string;
  isSummary?: boolean;
  /** Default: the session's head. null: a beginning of its own. Of another session: 'invalid-argument'; unknown: 'not-found'. */
  parentId?: string | null;
  metadata?: Metadata;
  usage?: Usage;
  /** For history from elsewhere; default now. It changes no order. */
  createdAt?: number;
}

// ---------------------------------------------------------------- sessions

export interface Session {
  readonly id: string;
  readonly parentId?: string;
  readonly title: string;
  readonly messageCount: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cost: number;
  readonly summaryMessageId?: string;
  /** The last message of the path that is shown. Absent: there is no message. */
  readonly headId?: string;
  readonly metadata?: Metadata;
  readonly archived: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

// ---------------------------------------------------------------- blobs

/** A file beside the messages. `id`: the SHA-256 of the content, in hexadecimal; `size`: bytes. */
export interface BlobInfo { readonly id: string; readonly size: number; readonly mediaType: string; readonly createdAt: number }

// ---------------------------------------------------------------- search

export interface SearchHit {
  readonly messageId: string;
  readonly sessionId: string;
  /** It is on a branch that is not shown: `sessions.switchTo` shows it. */
  readonly hidden?: boolean;
  /** A piece of the message's text around the first match, on one line; '…' where it was cut. Plain text, not markup. */
  readonly snippet: string;
  /** Where the words of the query stand in `snippet`, in order. */
  readonly matches: readonly { readonly offset: number; readonly length: number }[];
}

/**
 * One page of a search, the newest messages first. `next` is there when older ones were not looked at yet: the page is full,
 * or looking further would have taken too long. Such a page may have few hits or none.
 */
export interface SearchPage { readonly hits: readonly SearchHit[]; readonly next?: SearchPosition }

/** Where the next page begins, whatever is added or deleted meanwhile. To be handed back as it is, as `from`. */
export interface SearchPosition { readonly before: number; readonly longer: boolean }

export interface SearchOptions {
  /** Default: all sessions. */
  sessionId?: string;
  /** Hits in a page, from 1 on. Default 50. */
  limit?: number;
  /** `next` of the page before, of the same query. */
  from?: SearchPosition;
}

// ---------------------------------------------------------------- events

export type StoreEvent =
  | { type: 'created'; message: Message }
  | { type: 'updated'; message: Message;
      /** The structure changed, or the message is finished: it was saved before this came. */
      terminal: boolean;
      /** False only while the storage is in trouble, between 'storage-error' and 'storage-recovered'. */
      saved: boolean;
      /** What was appended since the last event this listener saw, when that is all that changed. */
      appended?: readonly { part: number; offset: number; text: string }[] }
  | { type: 'deleted'; sessionId: string; messageIds: readonly string[] }
  | { type: 'session-created' | 'session-updated'; session: Session }
  /** After the 'deleted' of its messages. */
  | { type: 'session-deleted'; sessionId: string }
  /**
   * Events were lost on the way to this page. The newest state of the messages they were about follows in the same batch.
   * Without `messageIds` too much is new to name it, as after an import: read again what is shown.
   */
  | { type: 'lagged'; dropped: number; messageIds: readonly string[] }
  /** One per spell of trouble; until 'storage-recovered' updates come with `saved: false`. */
  /**
   * One per spell of trouble; until 'storage-recovered' updates come with `saved: false`. Or the last event of all, if the
   * Worker of the store has ended: every call rejects with this error from then on; open the store again.
   */
  | { type: 'storage-error'; error: MillraceError }
  /** Everything accepted so far is saved again. */
  | { type: 'storage-recovered' }
  /** This tab has the store open itself from now on, or no longer: another tab leads. Not told when the store is opened: see `Stats.role`. */
  | { type: 'role'; role: 'leader' | 'follower' };

/**
 * What a listener wants to hear; an absent field wants all. 'lagged', 'storage-error' and
 * 'storage-recovered' pass any `sessionId` and `messageId`; events of sessions pass no `messageId`.
 */
export interface EventFilter { sessionId?: string; messageId?: string; types?: StoreEvent['type'][] }

/** Called once per window with everything that changed in it: never empty, in order per message. */
export type Listener = (events: readonly StoreEvent[]) => void;
