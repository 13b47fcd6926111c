import type { FinishPart } from '../../types.js';
import type { Leader } from './leader-calls.js';

/**
 * Finishes the message of a stream that can write no more, as 'error', if nobody else has. Left open, it would take no other
 * stream.
 */
export async function finishRefused(leader: Leader, messageId: string, why: string): Promise<void> {
  const message = await leader.call('getMessage', [messageId, false]);
  if (!message || message.finishedAt !== undefined) return;
  const finish: FinishPart = { type: 'finish', reason: 'error', time: Date.now(), message: why };
  await leader.call('updateMessage', [{ ...message, parts: [...message.parts, finish] }]);
}
