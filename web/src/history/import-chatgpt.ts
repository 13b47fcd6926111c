/**
 * `millrace/import-chatgpt`: the conversations of a ChatGPT export.
 *
 * @module millrace/import-chatgpt
 */
import type { Store } from '../api.js';
import { chatGPTConversation } from './chatgpt.js';
import { importHistory, type ExportFormat, type ImportOptions, type ImportResult } from './import-history.js';
import type { ExportSource } from './source.js';

export type { ImportOptions, ImportProblem, ImportProgress, ImportResult } from './import-history.js';
export type { ExportSource } from './source.js';

const CHATGPT: ExportFormat = {
  app: 'ChatGPT', mark: 'mapping', read: chatGPTConversation,
  other: { mark: 'chat_messages', advice: 'That is an export of Claude: use importClaude of millrace/import-claude.' },
};

/**
 * Reads the `conversations.json` of a ChatGPT export, and stores each conversation as a session: its tree, its times, the branch
 * that was shown. The messages of one come in one transaction. Run again, it skips what is there and goes on.
 *
 * Rejects with 'invalid-argument' for a file that is no such export or ends in the middle, 'aborted' for the signal, 'io' or
 * 'network' where the file cannot be read, and with what the store said where it can take no more. The message says how far it
 * came. A conversation that cannot be understood stops nothing: it is counted in `failed`, and named in `problems`.
 */
export function importChatGPT(store: Store, source: ExportSource, options?: ImportOptions): Promise<ImportResult> {
  return importHistory(CHATGPT, store, source, options);
}
