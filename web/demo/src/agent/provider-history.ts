import { toProviderMessages, type Message, type Store } from 'millrace';
import { readAttachments, readUrls } from './attachments.js';
import { toChatMessages } from './history.js';
import type { Settings } from './settings.js';

const CONTINUE = 'Continue your last reply exactly where it stopped. Do not repeat anything and do not comment on the interruption.';

/** The stored conversation as the protocol wants it. `goOn`: the last message is an unfinished reply, to be continued in place. */
export async function historyFor({ protocol, baseUrl }: Settings, store: Store, stored: readonly Message[], goOn: boolean): Promise<readonly unknown[]> {
  const last = stored.at(-1);
  const history = goOn && last !== undefined ? [...stored, askToGoOn(last)] : stored;
  // The page's own words for files: servers that only look like OpenAI's take text more often than files.
  if (protocol === 'openai-chat') return toChatMessages(history, await readAttachments(store, history));
  const { host } = new URL(baseUrl);
  return toProviderMessages(history.map(wordsFirst), protocol, {
    blobs: await readUrls(store, history),
    // A provider refuses what another one signed.
    signed: ({ provider }) => provider === host,
  });
}

function askToGoOn(last: Message): Message {
  return { ...last, id: crypto.randomUUID(), parentId: last.id, role: 'user', parts: [{ type: 'text', text: CONTINUE }] };
}

/** The words of a user stand before the files that came with them. */
function wordsFirst(message: Message): Message {
  if (message.role !== 'user') return message;
  const files = message.parts.filter(({ type }) => type === 'file');
  return { ...message, parts: [...message.parts.filter(({ type }) => type !== 'file'), ...files] };
}
