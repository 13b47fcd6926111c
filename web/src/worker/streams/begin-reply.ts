import type { WireReply } from '../../calls.js';
import type { Message } from '../../types.js';
import { finishRefused } from './finish-refused.js';
import type { Leader } from './leader-calls.js';

/**
 * Begins a reply, then gets ready to read it. It is begun at once, before anything is waited for: the run that it belongs to may end
 * meanwhile, and finishes it then. What cannot be read finishes as 'error'.
 */
export async function beginReply(leader: Leader, reply: WireReply, getReady: (message: Message) => Promise<void>): Promise<Message> {
  const message = await leader.call('beginReply', [reply]);
  try {
    await getReady(message);
    return message;
  } catch (error) {
    await finishRefused(leader, message.id, (error as Error).message);
    throw error;
  }
}
