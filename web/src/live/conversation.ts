/** The messages of one session, and each message of it by itself. */
import type { Store } from '../api.js';
import type { MillraceError } from '../errors.js';
import type { Message, StoreEvent } from '../types.js';
import { sameItems, withHeld } from './held.js';
import { afterEvents, stateOf, type MessageList } from './message-list.js';
import { Query } from './query.js';
import { shared } from './registry.js';
import { LOADING, type LiveQuery, type Snapshot } from './snapshot.js';

/** The last messages of the path that a session shows, each after its parent. Unchanged messages keep their identity. */
export interface Conversation {
  readonly messages: readonly Message[];
  /** Whether there are messages before these: see {@link LiveConversation.loadEarlier}. */
  readonly hasEarlier: boolean;
}

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
  const { get, subscribe, followed } = shared<MessageList, ConversationQuery>(
    store, `conversation:${limit}:${sessionId}`, () => new ConversationQuery(store, sessionId, limit),
  );
  return {
    get, subscribe,
    ids: { get: idsOf(get), subscribe },
    loadEarlier: async (count = limit) => followed()?.loadEarlier(count),
  };
}

export class ConversationQuery extends Query<MessageList> {
  readonly #sessionId: string;
  readonly #limit: number;
  readonly #watchers = new Map<string, Set<() => void>>();
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

  /** `onChange` is called when this one message changed, or when messages came or went. Keeps the query alive as a subscriber does. */
  watch(messageId: string, onChange: () => void): () => void {
    const watchers = this.#watchers.get(messageId) ?? new Set();
    this.#watchers.set(messageId, watchers.add(onChange));
    const leave = this.subscribe(() => undefined);
    return () => {
      watchers.delete(onChange);
      if (watchers.size === 0) this.#watchers.delete(messageId);
      leave();
    };
  }

  async loadEarlier(count: number): Promise<void> {
    await this.read(() => this.#earlier(count), (page, events) => {
      const value = this.snapshot.value;
      if (!page || !value) return;
      const { messages } = afterEvents({ messages: page.messages, hasEarlier: false }, events.filter(({ type }) => type !== 'session-updated'))!;
      this.show(this.ready({ messages: [...messages, ...value.messages], hasEarlier: page.hasEarlier }));
    });
  }

  protected load(): Promise<MessageList> {
    return this.#page(Math.max(this.#limit, this.snapshot.value?.messages.length ?? 0));
  }

  protected keep(read: MessageList, held: MessageList | undefined): MessageList {
    const messages = withHeld(read.messages, held?.messages, stateOf);
    return messages === held?.messages && read.hasEarlier === held.hasEarlier ? held : { messages, hasEarlier: read.hasEarlier };
  }

  protected apply(list: MessageList, events: readonly StoreEvent[]): MessageList {
    const next = afterEvents(list, events);
    if (!next) this.reload();
    return next ?? list;
  }

  protected override shown(before: MessageList | undefined, after: MessageList | undefined): void {
    if (this.#watchers.size === 0) return;
    const [old, now] = [before?.messages ?? [], after?.messages ?? []];
    const cameOrWent = old.length !== now.length || old.some(({ id }, index) => id !== now[index]!.id);
    if (cameOrWent) for (const messageId of [...this.#watchers.keys()]) this.#wake(messageId);
    else for (const [index, message] of now.entries()) if (message !== old[index]) this.#wake(message.id);
  }

  #wake(messageId: string): void {
    for (const onChange of [...this.#watchers.get(messageId) ?? []]) onChange();
  }

  async #earlier(count: number): Promise<MessageList | undefined> {
    for (;;) {
      const { messages, hasEarlier } = this.snapshot.value ?? { messages: [], hasEarlier: false };
      const [first] = messages;
      if (!first && hasEarlier) this.reload();
      if (!first || !hasEarlier) return undefined;
      try {
        return await this.#page(count, { before: first.id });
      } catch (error) {
        if ((error as MillraceError).code !== 'not-found') throw error;
        // It was deleted on the way. The store knows that before its listeners do.
        if (this.snapshot.value?.messages[0] === first) this.show(this.ready({ messages: messages.slice(1), hasEarlier }));
      }
    }
  }

  /** One more is read than is asked for, which tells whether there are more. */
  async #page(count: number, position: { before?: string } = {}): Promise<MessageList> {
    const messages = await this.store.messages.list(this.#sessionId, { limit: count + 1, ...position });
    return { messages: messages.slice(Math.max(0, messages.length - count)), hasEarlier: messages.length > count };
  }
}

/** The same object until a message came or went. */
function idsOf(get: () => Snapshot<MessageList>): () => Snapshot<MessageIds> {
  let from: Snapshot<MessageList> | undefined;
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
function withIds(snapshot: Snapshot<MessageList>, last: Snapshot<MessageIds>): Snapshot<MessageIds> {
  if (!snapshot.value) return snapshot as Snapshot<never>;
  const { messages, hasEarlier } = snapshot.value;
  const ids = messages.map(({ id }) => id);
  const same = snapshot.status === last.status && last.value?.hasEarlier === hasEarlier && sameItems(last.value.ids, ids);
  return same && last.status === 'ready' ? last : { ...snapshot, value: { ids, hasEarlier } };
}
