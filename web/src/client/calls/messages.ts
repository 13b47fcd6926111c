import type { Messages } from '../../api.js';
import type { WireMessages } from '../../calls.js';
import type { Message } from '../../types.js';
import { createDraft, NEW_MESSAGE } from '../drafts/create-draft.js';
import { PageDraft } from '../drafts/draft.js';
import { newId } from '../../ids.js';
import type { SharedStore } from '../shared-store.js';
import { callWith } from './call-with.js';
import { named } from './named.js';
import { checkId, checkObject } from './validate.js';

function messagesIn({ json, bytes }: WireMessages): Message[] {
  const messages = JSON.parse(json) as Message[];
  if (bytes.length > 0) {
    for (const part of messages.flatMap(({ parts }) => parts)) if (part.type === 'binary') part.data = bytes[part.data as unknown as number]!;
  }
  return messages;
}

/** `use` throws 'closed' once the handle is. What a call is given beside the ids is the core's to judge. */
export function messagesOf(use: () => SharedStore): Messages {
  const call = callWith(use);
  return {
    create: async (sessionId, init) => createDraft(use(), sessionId, init, 0),
    createAll: async (sessionId, messages) =>
      messagesIn(await call('createAll', sessionId, messages.map((init) => named(NEW_MESSAGE, init)))),
    async open(id, { resume = false } = {}) {
      const writer = newId();
      return new PageDraft(use(), await call('openMessage', id, resume, writer), writer);
    },
    async update(message) {
      checkObject('The message', message);
      checkId('The id of a message', message.id);
      const { connection, drafts } = use();
      const accepted = connection.call('updateMessage', message);
      drafts.changed(message.id, accepted);
      return accepted;
    },
    setMetadata: (id, patch) => call('setMetadata', id, patch),
    get: async (id, { committed = false } = {}) => call('getMessage', id, committed),
    list: async (sessionId, options = {}) => messagesIn(await call('listMessages', sessionId, options)),
    branches: (sessionId) => call('branches', sessionId),
    listUser: async (sessionId, { limit } = {}) => messagesIn(await use().connection.call('listUser', sessionId, { limit })),
    lastAssistant: (sessionId) => call('lastAssistant', sessionId),
    async delete(id, { branch = false } = {}) {
      await call('deleteMessage', id, branch);
      use().drafts.deleted((draft) => draft.id === id);
    },
    async deleteAll(sessionId) {
      await call('deleteAll', sessionId);
      use().drafts.deleted((draft) => draft.sessionId === sessionId);
    },
  };
}
