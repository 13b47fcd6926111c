import type { NewMessage } from '../../types.js';
import { named } from '../calls/named.js';
import { checkId } from '../calls/validate.js';
import { newId } from '../../ids.js';
import type { DraftHost } from './draft-host.js';
import { PageDraft } from './draft.js';

export const NEW_MESSAGE = 'The new message';

/** Creates a message, and the draft that writes it. `run`: the id of the run scope that the message belongs to, 0 for none. */
export async function createDraft(host: DraftHost, sessionId: string, init: NewMessage, run: number): Promise<PageDraft> {
  checkId('sessionId', sessionId);
  const writer = newId();
  const message = await host.connection.call('createMessage', sessionId, named(NEW_MESSAGE, init), writer, run);
  return new PageDraft(host, message, writer);
}
