import type { WireError } from '../../protocol.js';
import { MillraceError } from '../../errors.js';
import type { Message } from '../../types.js';
import { fromWire } from '../calls/connection.js';

/** What the registry tells a draft. */
export interface RegisteredDraft {
  readonly id: string;
  readonly sessionId: string;
  readonly writer: string;
  /** Of the message, as the draft knows it. */
  readonly version: number;
  /** A write was refused, or the message is gone: everything from here on fails with `error`. */
  refuse(error: MillraceError): void;
  /** The message is finished as `stored`. */
  adopt(stored: Message): void;
  /** Somebody asked for a newer state of the message. */
  follow(newest: Promise<Message>): Promise<void>;
  /** Others have changed the message. */
  refresh(): Promise<void>;
  /** No delta comes any more. */
  settleHeld(): void;
}

/**
 * The unfinished drafts of a page: whom to tell that a write was refused, that a message was deleted,
 * finished or changed by something else than its draft. A draft leaves when it ends.
 */
export class DraftRegistry {
  readonly #byWriter = new Map<string, RegisteredDraft>();

  get size(): number { return this.#byWriter.size; }

  add(draft: RegisteredDraft): void { this.#byWriter.set(draft.writer, draft); }
  remove(draft: RegisteredDraft): void { this.#byWriter.delete(draft.writer); }

  refused(writer: string, error: WireError): void {
    this.#byWriter.get(writer)?.refuse(fromWire(error));
  }

  deleted(matches: (draft: RegisteredDraft) => boolean): void {
    for (const draft of [...this.#byWriter.values()]) {
      if (matches(draft)) draft.refuse(new MillraceError('not-found', `The message "${draft.id}" was deleted`));
    }
  }

  finished(message: Message): void {
    if (message.finishedAt === undefined) return;
    for (const draft of this.#of(message.id)) draft.adopt(message);
  }

  /** This page has asked for a change of the message. `accepted` resolves with the message after the change. */
  changed(messageId: string, accepted: Promise<Message>): void {
    for (const draft of this.#of(messageId)) {
      void draft.follow(accepted);
      // It replaced the answer that the draft waited for before, which may have brought changes.
      accepted.catch(() => draft.refresh());
    }
  }

  /** An event shows the message, maybe with changes that its drafts do not know. */
  heard(message: Message): void {
    if (this.#byWriter.size === 0) return;
    for (const draft of this.#of(message.id)) if (message.version > draft.version) void draft.refresh();
  }

  othersWrote(writer: string): void { void this.#byWriter.get(writer)?.refresh(); }

  settleHeld(): void {
    for (const draft of this.#byWriter.values()) draft.settleHeld();
  }

  #of(messageId: string): RegisteredDraft[] {
    return [...this.#byWriter.values()].filter(({ id }) => id === messageId);
  }
}
