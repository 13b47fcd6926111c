import type { NewMessage } from '../../types.js';
import type { DraftHost } from './draft-host.js';
import { PageDraft } from './draft.js';
import { newId } from '../../ids.js';
import { checkId, checkObject, checkOptionalId } from '../calls/validate.js';

/** Creates a message, and the draft that writes it. `run`: the id of the run scope that the message belongs to, 0 for none. */
export async function createDraft(host: DraftHost, sessionId: string, init: NewMessage, run: number): Promise<PageDraft> {
  checkId('sessionId', sessionId);
  checkObject('The new message', init);
  checkOptionalId('The id of a new message', init.id);
  const writer = newId();
  const message = await host.connection.call('createMessage', sessionId, { ...init, id: init.id ?? newId() }, writer, run);
  return new PageDraft(host, message, writer);
}
