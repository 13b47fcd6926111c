import type { Sessions } from '../../api.js';
import { newId } from '../../ids.js';
import type { SharedStore } from '../shared-store.js';
import { checkId, checkLimit, checkOptionalId } from './validate.js';

/** `use` throws 'closed' once the handle is. */
export function sessionsOf(use: () => SharedStore): Sessions {
  const useWith = (id: string): SharedStore => {
    const store = use();
    checkId('The id of a session', id);
    return store;
  };
  return {
    async create(init = {}) {
      const { connection } = use();
      checkOptionalId('The id of a new session', init.id);
      return connection.call('createSession', { ...init, id: init.id ?? newId() });
    },
    async get(id) {
      return useWith(id).connection.call('getSession', id);
    },
    async list(options = {}) {
      const { connection } = use();
      checkLimit(options.limit);
      checkOptionalId('parentId', options.parentId);
      return connection.call('listSessions', options);
    },
    async update(id, change) {
      return useWith(id).connection.call('updateSession', id, change);
    },
    async delete(id) {
      const { connection, drafts } = useWith(id);
      await connection.call('deleteSession', id);
      drafts.deleted((draft) => draft.sessionId === id);
    },
  };
}
