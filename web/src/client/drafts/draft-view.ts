/**
 * What a draft shows: the message as the page knows it, with all that the draft has written on top.
 *
 *   own mutation ──────────────▶ applied at once, and counted
 *   a newer state is asked for ─▶ `follow` notes what is written from then on ─▶ it arrives: the notes are applied on top
 *
 * Invariant: the copy's version is `count`, and one more for each version that others have made, as far as the page knows.
 */
import type { DraftMutation } from '../../core-module.js';
import type { Message } from '../../types.js';
import { MessageCopy } from './message-copy.js';
import { resolveMutation } from './resolve.js';

export class DraftView {
  readonly #copy: MessageCopy;
  #count: number;
  /** What was written since a newer state was asked for: that state may lack it. */
  #since: DraftMutation[] | undefined;

  constructor(message: Message) {
    this.#copy = new MessageCopy(message);
    this.#count = message.version;
  }

  get message(): Message { return this.#copy.snapshot(); }
  get version(): number { return this.#copy.version; }
  get sessionId(): string { return this.#copy.sessionId; }
  get finished(): boolean { return this.#copy.finished; }
  /** The version that the draft's last mutation made, as the draft counts: without those of others. */
  get count(): number { return this.#count; }
  /** How many versions others have made, as far as the page knows. */
  get others(): number { return this.version - this.#count; }
  /** A newer state is on its way. */
  get following(): boolean { return this.#since !== undefined; }

  /** Throws what `apply` would throw. */
  check(mutation: DraftMutation): void { resolveMutation(mutation, this.#copy, 0); }

  /** Makes a version of its own of the mutation. False when it changes nothing. */
  apply(mutation: DraftMutation): boolean {
    if (!this.#show(mutation, 1)) return false;
    this.#count += 1;
    this.#since?.push(mutation);
    return true;
  }

  /** Shows a delta that will be merged into the last mutation: it makes no version of its own. */
  extend(mutation: DraftMutation): void { this.#show(mutation, 0); }

  /** `newest` was asked for in this turn, behind all that was written: the view is based on it when it arrives. */
  async follow(newest: Promise<Message | undefined>, arrived: (message: Message) => void): Promise<void> {
    const since: DraftMutation[] = (this.#since = []);
    const settle = (message?: Message): void => {
      if (this.#since !== since) return; // something newer is on its way
      this.#since = undefined;
      if (!message) return;
      if (message.finishedAt === undefined) this.#rebase(message, since);
      arrived(message);
    };
    await newest.then(settle, () => settle());
  }

  /** Shows `message` and nothing of its own. */
  adopt(message: Message): void {
    this.#since = undefined;
    this.#copy.adopt(message);
  }

  /** The last mutation was refused. The view shows it until a state without it was asked for and arrives. */
  takeBack(): void {
    this.#count -= 1;
    this.#since = undefined;
  }

  #rebase(message: Message, since: readonly DraftMutation[]): void {
    this.#copy.adopt(message);
    try {
      for (const mutation of since) this.#show(mutation, 1);
    } catch {
      // It changes what others have removed: the Worker refuses it.
    }
  }

  #show(mutation: DraftMutation, versions: number): boolean {
    const now = Date.now();
    const ops = resolveMutation(mutation, this.#copy, now);
    if (ops.length === 0) return false;
    const fromVersion = this.#copy.version;
    this.#copy.apply({ fromVersion, toVersion: fromVersion + versions, updatedAt: now, ops });
    return true;
  }
}
