import type { Message, Session, Store, StoreEvent } from 'millrace';
import { reportError } from '../ui/notices.js';
import { liveQuery, type LiveQuery } from './live-query.js';

/** All sessions, the most recently updated first. */
export function sessionsQuery(store: Store): LiveQuery<readonly Session[]> {
  return liveQuery<readonly Session[]>(store, {
    filter: { types: ['session-created', 'session-updated', 'session-deleted'] },
    load: () => store.sessions.list(),
    apply: applyToSessions,
    onError: reportError,
  });
}

/** The messages of one session, in the order of creation. */
export function conversationQuery(store: Store, sessionId: string): LiveQuery<readonly Message[]> {
  return liveQuery<readonly Message[]>(store, {
    filter: { sessionId },
    load: () => store.messages.list(sessionId),
    apply: applyToMessages,
    onError: reportError,
  });
}

function applyToSessions(sessions: readonly Session[], event: StoreEvent): readonly Session[] {
  switch (event.type) {
    case 'session-created':
    case 'session-updated': {
      const others = sessions.filter(({ id }) => id !== event.session.id);
      return [event.session, ...others].sort((a, b) => b.updatedAt - a.updatedAt);
    }
    case 'session-deleted':
      return sessions.filter(({ id }) => id !== event.sessionId);
    default:
      return sessions;
  }
}

function applyToMessages(messages: readonly Message[], event: StoreEvent): readonly Message[] {
  switch (event.type) {
    case 'created':
    case 'updated': {
      const { message } = event;
      const index = messages.findLastIndex(({ id }) => id === message.id);
      if (index < 0) return [...messages, message];
      // What was loaded may be newer than an event that was kept while loading.
      if ((messages[index]?.version ?? 0) > message.version) return messages;
      return messages.with(index, message);
    }
    case 'deleted': {
      const gone = new Set(event.messageIds);
      return messages.filter(({ id }) => !gone.has(id));
    }
    default:
      return messages;
  }
}
