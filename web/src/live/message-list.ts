/** The messages of a conversation that are held, and how events change them. Pure functions. */
import type { Message, StoreEvent } from '../types.js';

/** The last messages of the path that is shown. */
export interface MessageList {
  readonly messages: readonly Message[];
  /** Whether the session has messages before these. */
  readonly hasEarlier: boolean;
}

/** Undefined: the events do not say what the list is now, it must be read. */
export function afterEvents(list: MessageList, events: readonly StoreEvent[]): MessageList | undefined {
  let messages: readonly Message[] | undefined = list.messages;
  for (const event of events) {
    messages = afterEvent(messages, event, list.hasEarlier);
    if (!messages) return undefined;
  }
  if (messages === list.messages) return list;
  return messages.length === 0 && list.hasEarlier ? undefined : { ...list, messages };
}

function afterEvent(messages: readonly Message[], event: StoreEvent, hasEarlier: boolean): readonly Message[] | undefined {
  const head = messages.at(-1)?.id;
  switch (event.type) {
    // If it does not follow the last one, it begins a branch, and the session's new head tells.
    case 'created': return replaced(messages, event.message) ?? (event.message.parentId === head ? [...messages, event.message] : messages);
    case 'session-updated': return event.session.headId === head ? messages : undefined;
    // One that is not held comes before those that are.
    case 'updated': return replaced(messages, event.message) ?? messages;
    case 'deleted': {
      const gone = new Set(event.messageIds);
      const left = messages.filter(({ id }) => !gone.has(id));
      // Whether there are others before these now is for the store to say.
      const dropped = messages.length - left.length;
      if (hasEarlier && dropped < gone.size) return undefined;
      return dropped ? left : messages;
    }
    default: return messages;
  }
}

/** With the message in the place of its older state; undefined if there is none. */
function replaced(messages: readonly Message[], message: Message): readonly Message[] | undefined {
  const held = messages.find(({ id }) => id === message.id);
  if (!held) return undefined;
  return isNews(held, message) ? messages.map((other) => (other === held ? message : other)) : messages;
}

/** A delete gives the children of a message another parent, and no other version. */
export function isNews(held: Message, message: Message): boolean {
  return message.version >= held.version && stateOf(message) !== stateOf(held);
}

/** A message of the same version says the same, unless another one has taken its id meanwhile, or its parent was deleted. */
export function stateOf({ id, version, createdAt, parentId }: Message): string {
  return JSON.stringify([id, version, createdAt, parentId]);
}
