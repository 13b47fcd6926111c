import type { Sessions } from '../../api.js';
import type { SharedStore } from '../shared-store.js';
import { callWith } from './call-with.js';
import { named } from './named.js';

const NEW_SESSION = 'The new session';

/** `use` throws 'closed' once the handle is. What a call is given beside the ids is the core's to judge. */
export function sessionsOf(use: () => SharedStore): Sessions {
  const call = callWith(use);
  return {
    create: async (init = {}) => use().connection.call('createSession', named(NEW_SESSION, init)),
    get: (id) => call('getSession', id),
    list: async (options = {}) => use().connection.call('listSessions', options),
    update: (id, change) => call('updateSession', id, change),
    switchTo: (id, messageId) => call('switchTo', id, messageId),
    fork: async (messageId, init = {}) => call('fork', messageId, named(NEW_SESSION, init)),
    async delete(id) {
      await call('deleteSession', id);
      use().drafts.deleted((draft) => draft.sessionId === id);
    },
  };
}
