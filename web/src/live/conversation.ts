/** The messages of one session, and each message of it by itself. */
import type { Store } from '../api.js';
import type { Message, StoreEvent } from '../types.js';
import { heldIfSame, withHeld } from './held.js';
import { Listeners } from './listeners.js';
import { afterEvents, stateOf, versionsOf, type Conversation } from './message-list.js';
import { Query } from './query.js';
import { shared } from './registry.js';
import { LOADING, type LiveQuery, type Snapshot } from './snapshot.js';

export type { Conversation, MessageVersions } from './message-list.js';

/** Which messages there are, without what they say. */
export interface MessageIds {
  readonly ids: readonly string[];
  readonly hasEarlier: boolean;
}

export interface LiveConversation extends LiveQuery<Conversation> {
  /**
   * Only which messages there are: it does not change while a reply streams. Together with `liveMessage` for each of
   * them, a delta reaches the one component that shows it.
   */
  readonly ids: LiveQuery<MessageIds>;
  /**
   * Puts up to `count` older messages in front (default: as many as were asked for at first). Resolves when they are
   * shown; without subscribers, or if there are none, at once. Rejects as `messages.list` does.
   */
  readonly loadEarlier: (count?: number) => Promise<void>;
}

const DEFAULT_LIMIT = 50;

/**
 * The last `limit` messages of the path that is shown (default 50), those created later, and those loaded by `loadEarlier`. It
 * is read again when the session shows another path.
 */
export function liveConversation(store: Store, sessionId: string, { limit = DEFAULT_LIMIT }: { limit?: number } = {}): LiveConversation {
  const { get, subscribe, followed } = shared<Conversation, ConversationQuery>(
    store, `conversation:${limit}:${sessionId}`, () => new ConversationQuery(store, sessionId, limit),
  );
  return {
    get, subscribe,
    ids: { get: idsOf(get), subscribe },
    loadEarlier: async (count = limit) => followed()?.loadEarlier(count),
  };
}

export class ConversationQuery extends Query<Conversation> {
  readonly #sessionId: string;
  readonly #limit: number;
  readonly #watchers = new Listeners();
  /** Where a message stood when it was last looked for. */
  #places = new Map<string, number>();

  constructor(store: Store, sessionId: string, limit: number) {
    super(store, { sessionId });
    this.#sessionId = sessionId;
    this.#limit = limit;
  }

  message(messageId: string): Message | undefined {
    const messages = this.snapshot.value?.messages ?? [];
    const found = messages[this.#places.get(messageId) ?? -1];
    if (found?.id === messageId) return found;
    this.#places = new Map(messages.map(({ id }, place) => [id, place]));
    return messages[this.#places.get(messageId) ?? -1];
  }

  /** `onChange` is called at each change, before the subscribers are. Keeps the query alive as a subscriber does. */
  watch(onChange: () => void): () => void {
    const ends = [this.#watchers.add(onChange), this.subscribe(() => undefined)];
    return () => ends.forEach((end) => end());
  }

  async loadEarlier(count: number): Promise<void> {
    await this.read(async () => {
      const { messages, hasEarlier } = this.snapshot.value ?? { messages: [] };
      // If the first one was deleted on the way, which the store knows before its listeners do, all is read.
      return hasEarlier ? this.#read(count, messages[0]).catch(() => this.#read(count + messages.length - 1)) : undefined;
    }, (list, events) => list && this.take(list, events));
  }

  protected load(): Promise<Conversation> {
    return this.#read(Math.max(this.#limit, this.snapshot.value?.messages.length ?? 0));
  }

  protected keep(read: Conversation, held: Conversation | undefined): Conversation {
    const known = [...held?.versions ?? []];
    const versions = withHeld([...read.versions], known, JSON.stringify);
    return heldIfSame({
      messages: withHeld(read.messages, held?.messages, stateOf), hasEarlier: read.hasEarlier,
      versions: held && versions === known ? held.versions : new Map(versions),
    }, held);
  }

  protected apply(list: Conversation, events: readonly StoreEvent[]): Conversation {
    const next = afterEvents(list, events);
    if (!next) this.reload();
    return next ?? list;
  }

  protected override shown(): void { this.#watchers.call(); }

  /** One more is read than is asked for, which tells whether there are more. `before`: what is held is part of the answer. */
  async #read(limit: number, before?: Message): Promise<Conversation> {
    const stored = this.store.messages;
    const [read, forks] = await Promise.all([
      stored.list(this.#sessionId, { limit: limit + 1, before: before?.id }), stored.branches(this.#sessionId),
    ]);
    const hasEarlier = read.length > limit;
    const messages = [...read.slice(Number(hasEarlier)), ...(before && this.snapshot.value?.messages) ?? []];
    return { messages, hasEarlier, versions: versionsOf(messages, forks) };
  }
}

/** The same object until a message came or went. */
function idsOf(get: () => Snapshot<Conversation>): () => Snapshot<MessageIds> {
  let from: Snapshot<Conversation> | undefined;
  let last: Snapshot<MessageIds> = LOADING;
  return () => {
    const snapshot = get();
    if (snapshot !== from) {
      from = snapshot;
      last = withIds(snapshot, last);
    }
    return last;
  };
}

/** `last` if it says the same. */
function withIds(snapshot: Snapshot<Conversation>, last: Snapshot<MessageIds>): Snapshot<MessageIds> {
  if (!snapshot.value) return snapshot as Snapshot<never>;
  const { messages, hasEarlier } = snapshot.value;
  const value = heldIfSame({ ids: withHeld(messages.map(({ id }) => id), last.value?.ids, String), hasEarlier }, last.value);
  return value === last.value && snapshot.status === 'ready' && last.status === 'ready' ? last : { ...snapshot, value };
}
