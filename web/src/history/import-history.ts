/**
 * Brings the conversations of an export into a store: reads the file piece by piece, and holds no more of it than the conversation
 * that is being read and those that are being stored.
 *
 * Nothing is remembered between two imports. What is stored already is recognised by the ids of the export, so an import that was
 * stopped goes on where it is run again.
 */
import type { Store } from '../api.js';
import { MillraceError } from '../index.js';
import { ArraySplitter, type Element } from './array-splitter.js';
import type { Conversation } from './conversation.js';
import { fieldsOf, textOf, type Fields } from './json-values.js';
import { chunksOf, sizeOf, type ExportSource } from './source.js';
import { storeConversations } from './store-conversations.js';

export interface ImportOptions {
  /** Stops the import; what is stored stays, and running it again goes on from there. */
  signal?: AbortSignal;
  /** Called for every piece of the file that was read, and for every few conversations that were stored. */
  onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  /** Of the file, read so far. */
  readonly bytes: number;
  /** Of the whole file, where the source knows. */
  readonly totalBytes?: number;
  /** Conversations and messages that are new. */
  readonly sessions: number;
  readonly messages: number;
  /** Conversations that were there already, and those without a message. */
  readonly skipped: number;
  /** Conversations that could not be understood, or that the store refused. */
  readonly failed: number;
}

/** A conversation that is not in the store, and why. */
export interface ImportProblem {
  /** Its place in the file, from 0 on. */
  readonly index: number;
  readonly id?: string;
  readonly title?: string;
  readonly reason: string;
}

export interface ImportResult {
  readonly sessions: number;
  readonly messages: number;
  readonly skipped: number;
  readonly failed: number;
  /** The first 20 of those that failed. */
  readonly problems: readonly ImportProblem[];
}

/** An application whose export can be read. */
export interface ExportFormat {
  readonly app: string;
  /** The field without which an object is none of its conversations. */
  readonly mark: string;
  /** The field of the other application's conversations, and what reads them. */
  readonly other: { readonly mark: string; readonly advice: string };
  /** undefined: it is none of its conversations. */
  read(value: Fields): Conversation | undefined;
}

const MOST_PROBLEMS = 20;
/** What is stored in one transaction: enough that its cost does not count, and little enough that the page's thread stays free. */
const BATCH_BYTES = 2 ** 18;
const BATCH_CONVERSATIONS = 64;

export function importHistory(format: ExportFormat, store: Store, source: ExportSource, options: ImportOptions = {}): Promise<ImportResult> {
  return new Import(format, store, options).run(source);
}

type Waiting = Conversation & { readonly index: number };

class Import {
  readonly #format: ExportFormat;
  readonly #into: Store;
  readonly #options: ImportOptions;
  readonly #problems: ImportProblem[] = [];
  #bytes = 0;
  #totalBytes: number | undefined;
  #elements = 0;
  #understood = 0;
  #tally = { sessions: 0, messages: 0, skipped: 0, failed: 0 };
  #batch: Waiting[] = [];
  #batchBytes = 0;
  /** The batch that is being stored, while the next one is read. */
  #storing = Promise.resolve();

  constructor(format: ExportFormat, store: Store, options: ImportOptions) {
    this.#format = format;
    this.#into = store;
    this.#options = options;
  }

  async run(source: ExportSource): Promise<ImportResult> {
    try {
      this.#checkSignal();
      try {
        await this.#read(source);
      } finally {
        // Of a file that ends in the middle, too, everything before is kept. After an error of the store there is nothing left.
        if (!this.#options.signal?.aborted) await this.#storeBatch();
        await this.#storing;
      }
      this.#checkUnderstood();
      return { ...this.#tally, problems: this.#problems.sort((a, b) => a.index - b.index) };
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async #read(source: ExportSource): Promise<void> {
    const { app, mark } = this.#format;
    const splitter = new ArraySplitter(`the conversations.json of ${app}: a JSON array of conversations, objects with "${mark}"`);
    for await (const chunk of chunksOf(source, this.#options.signal)) {
      this.#checkSignal();
      // Read when it is known to be one.
      this.#totalBytes = sizeOf(source);
      for (const element of splitter.push(chunk)) {
        await this.#take(element);
        this.#checkSignal();
      }
      this.#bytes += chunk.length;
      this.#report();
    }
    this.#checkSignal();
    splitter.end();
  }

  async #take(element: Element): Promise<void> {
    const index = this.#elements++;
    if ('problem' in element) return this.#failed({ index, reason: element.problem });
    const conversation = this.#understand(element.text, index);
    if (!conversation) return;
    if (conversation.messages.length === 0) {
      this.#tally.skipped++;
      return;
    }
    // The same one twice: whether it is there shows when the first is stored.
    if (this.#batch.some(({ id }) => id === conversation.id)) await this.#storeBatch();
    this.#batch.push({ ...conversation, index });
    this.#batchBytes += element.bytes;
    if (this.#batchBytes >= BATCH_BYTES || this.#batch.length >= BATCH_CONVERSATIONS) await this.#storeBatch();
  }

  #understand(text: string, index: number): Conversation | undefined {
    let value: unknown;
    try {
      value = JSON.parse(text);
      const fields = fieldsOf(value) ?? {};
      const conversation = this.#format.read(fields);
      if (conversation) {
        this.#understood++;
        return conversation;
      }
      this.#checkApplication(fields);
      this.#failed({ index, reason: `no conversation of ${this.#format.app}: it has no "${this.#format.mark}", but ${shapeOf(value)}` });
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      this.#failed({ index, ...nameOf(value), reason: value === undefined ? `not JSON: ${reasonOf(error)}` : reasonOf(error) });
    }
    return undefined;
  }

  /** Waits for the batch before, and throws what became of that. */
  async #storeBatch(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    await this.#storing;
    this.#storing = this.#store(batch);
    this.#storing.catch(() => undefined);
  }

  async #store(batch: readonly Waiting[]): Promise<void> {
    if (batch.length === 0) return;
    for (const [at, stored] of (await storeConversations(this.#into, batch)).entries()) {
      const { index, id, title } = batch[at]!;
      if (stored === 'there') this.#tally.skipped++;
      else if (typeof stored !== 'number') this.#failed({ index, id, title, reason: stored.message });
      else {
        this.#tally.sessions++;
        this.#tally.messages += stored;
      }
    }
    this.#report();
  }

  #failed(problem: ImportProblem): void {
    this.#tally.failed++;
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push(problem);
  }

  #report(): void {
    const { onProgress } = this.#options;
    try {
      onProgress?.({ bytes: this.#bytes, ...(this.#totalBytes !== undefined && { totalBytes: this.#totalBytes }), ...this.#tally });
    } catch (error) {
      // For the page's error handlers, as that of a listener.
      queueMicrotask(() => { throw error; });
    }
  }

  #checkSignal(): void {
    const signal = this.#options.signal;
    if (signal?.aborted) throw new MillraceError('aborted', 'The import was aborted.', { cause: signal.reason as unknown });
  }

  #checkApplication(fields: Fields): void {
    const { app, other } = this.#format;
    if (this.#understood > 0 || !(other.mark in fields)) return;
    throw new MillraceError('invalid-argument', `The file is no export of ${app}: found objects with "${other.mark}". ${other.advice}`);
  }

  #checkUnderstood(): void {
    if (this.#elements === 0 || this.#understood > 0) return;
    throw new MillraceError('invalid-argument',
      `The file is no export of ${this.#format.app}: found ${this.#elements} elements, and none is a conversation. The first: ${this.#problems[0]?.reason}.`);
  }

  /** The same error, which also says how far the import has come. */
  #explained(error: unknown): MillraceError {
    const { sessions, messages } = this.#tally;
    // By its name: the store may come from another copy of the package.
    const known = error instanceof Error && error.name === 'MillraceError' ? error as MillraceError : undefined;
    if (known && sessions === 0) return known;
    return new MillraceError(known?.code ?? 'internal',
      `${reasonOf(error)} ${sessions} conversations with ${messages} messages are stored; import the file again to go on.`, { cause: error });
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function shapeOf(value: unknown): string {
  const fields = fieldsOf(value);
  return fields ? `the fields ${Object.keys(fields).slice(0, 8).map((key) => `"${key.slice(0, 40)}"`).join(', ')}` : 'is no object';
}

function nameOf(value: unknown): Partial<ImportProblem> {
  const fields = fieldsOf(value) ?? {};
  const [id, title] = [textOf(fields['conversation_id'], fields['id'], fields['uuid']), textOf(fields['title'], fields['name'])];
  return { ...(id && { id }), ...(title && { title }) };
}
