/**
 * The page's copies of the messages it hears about, and the events they make of what the Worker sends.
 *
 *   whole message ──▶ held ──patch that fits──▶ held ──finished or deleted──▶ dropped
 *                       └──patch that does not──▶ dropped, `lost`: the Worker sends it whole once more
 *
 * The Worker remembers the same messages: it forgets one when it sends it finished, and those that no listener wants.
 */
import type { WireEvent } from '../../core-module.js';
import { MillraceError } from '../../errors.js';
import type { Message, StoreEvent } from '../../types.js';
import { deepFreeze } from './isolate.js';
import { MessageCopy } from '../drafts/message-copy.js';

/** An event for listeners. */
export interface Heard {
  event: StoreEvent;
  /** Of an event with `appended`: the version that it was appended to. */
  from?: number;
}

type Updated = Extract<WireEvent, { type: 'updated' }>;

export class Mirrors {
  readonly #copies = new Map<string, MessageCopy>();
  readonly #lost: (messageId: string) => void;

  readonly #wanted: (sessionId: string, messageId: string) => boolean;

  /** `lost` is called with each message whose patches no longer fit; `wanted` says whose updates anybody hears. */
  constructor(lost: (messageId: string) => void, wanted: (sessionId: string, messageId: string) => boolean) {
    this.#lost = lost;
    this.#wanted = wanted;
  }

  /** Drops what nobody wants any more, as the Worker does. */
  prune(): void {
    for (const [id, copy] of this.#copies) if (!this.#wanted(copy.sessionId, id)) this.#copies.delete(id);
  }

  /** Undefined: there is nothing right to show until the message comes whole. Events are frozen: listeners share them. */
  take(event: WireEvent): Heard | undefined {
    const heard = this.#resolve(event);
    if (heard) deepFreeze(heard.event);
    return heard;
  }

  #resolve(event: WireEvent): Heard | undefined {
    switch (event.type) {
      case 'created':
        return { event: { type: 'created', message: this.#hold(event.message) } };
      case 'updated':
        return this.#update(event);
      case 'deleted':
        for (const id of event.messageIds) this.#copies.delete(id);
        return { event };
      case 'storage-error':
        return { event: { type: event.type, error: new MillraceError(event.error.code, event.error.message) } };
      default:
        return { event };
    }
  }

  #hold(message: Message): Message {
    const copy = new MessageCopy(message);
    if (copy.finished || !this.#wanted(message.sessionId, message.id)) this.#copies.delete(message.id);
    else this.#copies.set(message.id, copy);
    return copy.snapshot();
  }

  #update({ id, sessionId, terminal, saved, finished, patch, message }: Updated): Heard | undefined {
    if (message) return { event: { type: 'updated', message: this.#hold(message), terminal, saved } };
    const copy = this.#copies.get(id);
    const applied = copy && patch && copy.apply(patch);
    if (!applied) {
      this.#copies.delete(id);
      if (this.#wanted(sessionId, id)) this.#lost(id);
      return undefined;
    }
    if (finished) this.#copies.delete(id);
    const event: StoreEvent = { type: 'updated', message: copy.snapshot(), terminal, saved, ...applied };
    return applied.appended ? { event, from: patch.fromVersion } : { event };
  }
}
