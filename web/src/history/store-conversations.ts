/**
 * Stores conversations: the session, its messages and which of them is shown. The calls of several conversations are made in one
 * turn, so that they share a transaction.
 *
 * A session that has messages is there already and stays as it is. One without messages is what is left of an import that was
 * stopped, and is filled.
 */
import type { Store } from '../api.js';
import type { Session } from '../types.js';
import type { MillraceError } from '../errors.js';
import type { Conversation } from './conversation.js';

/** Messages that are new; 'there': nothing to do; an error: the store refused it, and takes others. */
export type Stored = number | 'there' | MillraceError;

/** Rejects where the store cannot go on: no room, closed, broken. */
export async function storeConversations(store: Store, conversations: readonly Conversation[]): Promise<Stored[]> {
  const sessions = await Promise.allSettled(conversations.map(({ id }) => store.sessions.get(id)));
  const settled = await Promise.allSettled(conversations.map((conversation, index) => storeOne(store, conversation, sessions[index]!)));
  return settled.map((outcome) => {
    if (outcome.status === 'fulfilled') return outcome.value;
    if (isAboutWhatWasGiven(outcome.reason)) return outcome.reason;
    throw outcome.reason;
  });
}

/** What is wrong is wrong with this conversation. */
function isAboutWhatWasGiven(error: unknown): error is MillraceError {
  const { code } = error as MillraceError;
  return code === 'invalid-argument' || code === 'not-found';
}

/** Makes all its calls before it waits. */
async function storeOne(store: Store, conversation: Conversation, found: PromiseSettledResult<Session | undefined>): Promise<number | 'there'> {
  const { id, title, createdAt, metadata, messages, shownId, archived } = conversation;
  if (found.status === 'rejected') throw found.reason;
  const there = found.value;
  if (there && there.messageCount > 0) return 'there';
  const [created, stored, ...changes] = await Promise.allSettled([
    there ?? store.sessions.create({ id, title, metadata, ...(createdAt && { createdAt }) }),
    store.messages.createAll(id, messages),
    shownId === undefined ? undefined : store.sessions.switchTo(id, shownId),
    archived ? store.sessions.update(id, { archived }) : undefined,
  ]);
  if (stored.status === 'rejected') {
    // A session that nothing came into would look like one that is to be filled.
    if (!there && created.status === 'fulfilled') await store.sessions.delete(id).catch(() => undefined);
    throw stored.reason;
  }
  for (const change of changes) if (change.status === 'rejected') throw change.reason;
  return messages.length;
}
