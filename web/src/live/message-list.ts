/** What a conversation holds, how events change it, and which of its messages have versions. Pure functions. */
import type { Store } from '../api.js';
import type { Message, StoreEvent } from '../types.js';

/** The versions of a message: all children of its parent, in the order of creation. The one at `index` is shown. */
export interface MessageVersions {
  readonly messageIds: readonly string[];
  readonly index: number;
}

/** The last messages of the path that a session shows, each after its parent. Unchanged messages keep their identity. */
export interface Conversation {
  readonly messages: readonly Message[];
  /** Whether there are messages before these: see {@link LiveConversation.loadEarlier}. */
  readonly hasEarlier: boolean;
  /** By message id, of those of these messages that have other versions. `sessions.switchTo` shows another one. */
  readonly versions: ReadonlyMap<string, MessageVersions>;
}

/** Undefined: the events do not say what is shown now, it must be read. So it is with all that may give a message another version. */
export function afterEvents(held: Conversation, events: readonly StoreEvent[]): Conversation | undefined {
  let messages: readonly Message[] | undefined = held.messages;
  for (const event of events) {
    messages = afterEvent(messages, event, held.versions.size > 0);
    if (!messages) return undefined;
  }
  if (messages === held.messages) return held;
  return messages.length === 0 && held.hasEarlier ? undefined : { ...held, messages };
}

function afterEvent(messages: readonly Message[], event: StoreEvent, branched: boolean): readonly Message[] | undefined {
  const head = messages.at(-1)?.id;
  switch (event.type) {
    // If it does not follow the last one, it is a version of another one.
    case 'created': return replaced(messages, event.message) ?? (event.message.parentId === head ? [...messages, event.message] : undefined);
    case 'session-updated': return event.session.headId === head ? messages : undefined;
    // One that is not held comes before those that are.
    case 'updated': return replaced(messages, event.message) ?? messages;
    case 'deleted': {
      const gone = new Set(event.messageIds);
      const left = messages.filter(({ id }) => !gone.has(id));
      // One that is not held came before these, or was a version of one of them. Its children are versions of others now.
      return branched || messages.length - left.length < gone.size ? undefined : left;
    }
    default: return messages;
  }
}

/** `forks`: where the session branches. */
export function versionsOf(messages: readonly Message[], forks: Awaited<ReturnType<Store['messages']['branches']>>): Conversation['versions'] {
  const shown = new Set(messages.map(({ id }) => id));
  return new Map(forks.flatMap(({ messageIds }) => messageIds.flatMap((id, index) => (shown.has(id) ? [[id, { messageIds, index }]] : []))));
}

/** With the message in the place of its older state; undefined if there is none. */
function replaced(messages: readonly Message[], message: Message): readonly Message[] | undefined {
  const held = messages.find(({ id }) => id === message.id);
  if (!held) return undefined;
  return isNews(held, message) ? messages.map((other) => (other === held ? message : other)) : messages;
}

/** A delete gives the children of a message another parent, and no other version number. */
export function isNews(held: Message, message: Message): boolean {
  return message.version >= held.version && stateOf(message) !== stateOf(held);
}

/** A message of the same version number says the same, unless another one has taken its id meanwhile, or its parent was deleted. */
export function stateOf({ id, version, updatedAt, parentId }: Message): string {
  return JSON.stringify([id, version, updatedAt, parentId]);
}
