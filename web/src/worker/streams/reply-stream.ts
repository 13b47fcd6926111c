/**
 * What an ingest does with the bytes of one reply. Each call but `delete` comes after the one before it is over.
 *
 *   begin ──▶ feed* ──▶ finish, or fail ──▶ the finished message is durable
 */
import type { CoreError, StreamEnd, StreamFile } from '../../core-module.js';
import type { WireReply } from '../../calls.js';
import type { ResumePoint } from '../../api.js';
import type { Answer } from '../../protocol.js';
import type { Message } from '../../types.js';

export interface Ended extends StreamEnd {
  /** Finished, and durable. */
  message: Message;
}

/** How a reply goes on over several connections. */
export interface Connections {
  /** What the head of the present one says. */
  head(answer: Answer): void;
  /**
   * The body is complete. 'goes on': in the next one, at once. 'cut': the reply has no end yet. 'over': nothing more is expected.
   */
  endOfBody(): 'goes on' | 'cut' | 'over';
  /** Where another one is to begin. */
  point(): ResumePoint;
  /** The connection was cut, and another one follows. True if the message has grown since the one before. */
  reconnect(): Promise<boolean>;
}

export interface ReplyStream {
  /** The message, saved. Rejects as `beginReply` does. */
  begin(reply: WireReply): Promise<Message>;
  /** False once the reply has ended by itself (a provider's error), or its message takes no more: stop reading. */
  feed(bytes: Uint8Array): boolean | Promise<boolean>;
  /** The reply has ended, and at most counts of tokens are expected. */
  ending(): boolean;
  /** A file that came in the reply and waits to be stored; what follows it waits too. To be asked after each call. */
  file(): StreamFile | undefined;
  /** It is stored as this blob; undefined: it could not be. As `feed`. */
  fileStored(blob: string | undefined): boolean;
  /** Of one that can go on over several connections. */
  readonly connections?: Connections;
  /** The body ended. */
  finish(): Promise<Ended>;
  /** The body failed. */
  fail(error: CoreError): Promise<Ended>;
  delete(): void;
}
