import type { Store } from '../api.js';
import type { Message, StoreEvent } from '../types.js';
import { ConversationQuery } from './conversation.js';
import { isNews, stateOf } from './message-list.js';
import { Query } from './query.js';
import { queriesOf, shared } from './registry.js';
import { LOADING, readyMessage, type LiveQuery, type Snapshot } from './snapshot.js';

/**
 * One message; `undefined` in a value that is ready: there is none of that id. Where a live conversation shows the message
 * as well, it is there at once and costs no subscription of its own.
 */
export function liveMessage(store: Store, messageId: string): LiveQuery<Message | undefined> {
  return shared<Message | undefined, MessageQuery>(
    store, `message:${messageId}`, () => new MessageQuery(store, messageId), () => {
      const message = conversationWith(store, messageId)?.message(messageId);
      return message ? readyMessage(message) : LOADING;
    },
  );
}

class MessageQuery extends Query<Message | undefined> {
  readonly #id: string;

  constructor(store: Store, messageId: string) {
    super(store, { messageId });
    this.#id = messageId;
  }

  /** As long as a live conversation shows the message, that is where it comes from. */
  protected override follow(): () => void {
    const conversation = conversationWith(this.store, this.#id);
    if (!conversation) return super.follow();
    let leave = conversation.watch(() => {
      const message = conversation.message(this.#id);
      if (message) return this.show(readyMessage(message));
      leave();
      leave = super.follow();
    });
    this.show(readyMessage(conversation.message(this.#id)));
    return () => leave();
  }

  protected load(): Promise<Message | undefined> { return this.store.messages.get(this.#id); }

  protected apply(message: Message | undefined, events: readonly StoreEvent[]): Message | undefined {
    for (const event of events) {
      if (event.type === 'deleted') message = undefined;
      // An update of a message that is gone comes from before it went.
      else if ('message' in event && (message ? isNews(message, event.message) : event.type === 'created')) message = event.message;
    }
    return message;
  }

  protected keep(read: Message | undefined, held: Message | undefined): Message | undefined {
    return read && held && stateOf(read) === stateOf(held) ? held : read;
  }

  protected override ready(message: Message | undefined): Snapshot<Message | undefined> { return readyMessage(message); }
}

function conversationWith(store: Store, messageId: string): ConversationQuery | undefined {
  for (const query of queriesOf(store).values()) if (query instanceof ConversationQuery && query.message(messageId)) return query;
  return undefined;
}
