import type { Messages } from '../../api.js';
import type { WireMessages } from '../../calls.js';
import type { Message } from '../../types.js';
import { createDraft } from '../drafts/create-draft.js';
import { PageDraft } from '../drafts/draft.js';
import { newId } from '../../ids.js';
import type { SharedStore } from '../shared-store.js';
import { checkId, checkLimit, checkObject, checkOptionalId, invalid } from './validate.js';

function messagesIn({ json, bytes }: WireMessages): Message[] {
  const messages = JSON.parse(json) as Message[];
  if (bytes.length > 0) {
    for (const part of messages.flatMap(({ parts }) => parts)) if (part.type === 'binary') part.data = bytes[part.data as unknown as number]!;
  }
  return messages;
}

/** `use` throws 'closed' once the handle is. */
export function messagesOf(use: () => SharedStore): Messages {
  const useWith = (id: string, what = 'The id of a message'): SharedStore => {
    const store = use();
    checkId(what, id);
    return store;
  };
  return {
    async create(sessionId, init) {
      return createDraft(use(), sessionId, init, 0);
    },
    async open(id, { resume = false } = {}) {
      const store = useWith(id);
      const writer = newId();
      return new PageDraft(store, await store.connection.call('openMessage', id, resume, writer), writer);
    },
    async update(message) {
      checkObject('The message', message);
      const { connection, drafts } = useWith(message.id);
      const accepted = connection.call('updateMessage', message);
      drafts.changed(message.id, accepted);
      return accepted;
    },
    async get(id, { committed = false } = {}) {
      return useWith(id).connection.call('getMessage', id, committed);
    },
    async list(sessionId, options = {}) {
      const { connection } = useWith(sessionId, 'sessionId');
      checkLimit(options.limit);
      checkOptionalId('before', options.before);
      checkOptionalId('after', options.after);
      if (options.before && options.after) throw invalid('A list has either before or after, not both');
      return messagesIn(await connection.call('listMessages', sessionId, options));
    },
    async listUser(sessionId, { limit } = {}) {
      const { connection } = use();
      checkOptionalId('sessionId', sessionId);
      checkLimit(limit);
      return messagesIn(await connection.call('listUser', sessionId, { limit }));
    },
    async lastAssistant(sessionId) {
      return useWith(sessionId, 'sessionId').connection.call('lastAssistant', sessionId);
    },
    async delete(id) {
      const { connection, drafts } = useWith(id);
      await connection.call('deleteMessage', id);
      drafts.deleted((draft) => draft.id === id);
    },
    async deleteAll(sessionId) {
      const { connection, drafts } = useWith(sessionId, 'sessionId');
      await connection.call('deleteAll', sessionId);
      drafts.deleted((draft) => draft.sessionId === sessionId);
    },
  };
}
