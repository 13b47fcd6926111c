/**
 * What the page of a tab has said and has not been told the end of, so that it can be said again to the next leader (M2).
 *
 *   page ── said ──▶ kept ──▶ leader
 *                     │  ◀── heard: answered, or saved ──▶ kept no longer
 *                     └── a new leader: `again` gives all that is kept, in the order it was said
 *
 * A delta is kept until it is saved. A call is kept until it is answered. Calls that are made again say so: the leader finds
 * by the receipts of the store which of them were done. Writes are told apart by what their writers count.
 */
import type { Call, FromHost, Resumed, ResumedWriter, ToHost } from '../../protocol.js';
import type { Message } from '../../types.js';

type Write = Extract<ToHost, { type: 'write' }>;
/** What is answered, or told as saved. */
export type Kept = Call | Write;

interface Entry {
  readonly message: Kept;
  /** When it was said. */
  readonly at: number;
  /** It was sent to a leader. */
  sent: boolean;
  /** The page was told that it took too long. A later answer means nothing to it. */
  overdue: boolean;
}

/** What only shows something: nothing is done by it. */
const READS: ReadonlySet<string> = new Set<Call['method']>([
  'getSession', 'listSessions', 'getMessage', 'listMessages', 'listUser', 'lastAssistant', 'search', 'export', 'flush', 'flushAll', 'stats',
]);

export class Backlog {
  readonly #entries = new Map<number, Entry>();
  /** Keys of the entries of calls and of writes that are answered, by the id of the request. */
  readonly #byId = new Map<number, number>();
  readonly #writers = new Map<string, ResumedWriter>();
  readonly #runs = new Map<number, string>();
  readonly #unfinished = new Map<string, string>();
  #filters: ToHost | undefined;
  #lastKey = 0;

  /** The drafts and streams of the page that are not finished. */
  get writers(): ResumedWriter[] { return [...this.#writers.values()]; }
  /** Whether anything waits for its end. */
  get empty(): boolean { return this.#entries.size === 0; }

  /** The page said it at `now`, and it goes there at once: to a leader, to the store of this Worker, or nowhere yet. */
  said(message: ToHost, now: number, to: 'leader' | 'here' | 'nobody'): void {
    if (message.type === 'subscribe') this.#filters = message;
    if (message.type === 'unsubscribe') this.#filters = undefined;
    if (message.type !== 'call' && message.type !== 'write') return;
    // A delta is as good as saved here: it is lost with this Worker, and the page with it.
    if (to === 'here' && message.id === undefined) return;
    const key = ++this.#lastKey;
    this.#entries.set(key, { message, at: now, sent: to !== 'nobody', overdue: false });
    if (message.id === undefined) return;
    this.#byId.set(message.id, key);
  }

  /** A leader said it. */
  heard(message: FromHost): void {
    switch (message.type) {
      case 'reply':
        return this.#replied(message);
      case 'saved':
        for (const [writer, next] of Object.entries(message.writers)) this.#saved(writer, next);
        return;
      case 'write-failed':
        return this.#forgetWriter(message.writer);
      case 'batch':
        for (const event of message.events) this.#heardEvent(event);
    }
  }

  /** What the next leader has to know first, then all that is kept. `here`: it is this Worker. */
  again(here: boolean): ToHost[] {
    const resumed: Resumed = {
      runs: [...this.#runs].map(([run, sessionId]) => ({ run, sessionId })),
      writers: this.writers,
      unfinished: [...this.#unfinished].map(([messageId, sessionId]) => ({ messageId, sessionId })),
    };
    const kept: ToHost[] = [];
    for (const [key, entry] of this.#entries) {
      const { message, sent } = entry;
      kept.push(message.type === 'call' && sent ? { ...message, again: true } : message);
      entry.sent = true;
      if (here && message.id === undefined) this.#drop(key);
    }
    return [...(this.#filters ? [this.#filters] : []), { type: 'resume', resumed }, ...kept];
  }

  /** Requests that were made before `since`: the page gives them up. What changes something is still sent later. */
  giveUp(since: number): number[] {
    const ids: number[] = [];
    for (const [key, entry] of this.#entries) {
      const { message } = entry;
      if (entry.at > since || entry.overdue || message.id === undefined) continue;
      entry.overdue = true;
      ids.push(message.id);
      if (message.type === 'call' && READS.has(message.method)) this.#drop(key);
    }
    return ids;
  }

  #replied(reply: Extract<FromHost, { type: 'reply' }>): void {
    const key = this.#byId.get(reply.id);
    const entry = key === undefined ? undefined : this.#entries.get(key);
    if (key === undefined || !entry) return;
    this.#drop(key);
    if ('value' in reply) this.#succeeded(entry.message, reply.value);
  }

  #succeeded(message: Kept, value: unknown): void {
    if (message.type === 'write') {
      if (message.mutations.some(({ op }) => op === 'finish')) this.#writers.delete(message.writer);
      return;
    }
    switch (message.method) {
      case 'createMessage': return this.#begun(message.args[2], value as Message, false, message.args[3]);
      case 'openMessage': return this.#begun(message.args[2], value as Message, false, 0);
      case 'beginReply': return this.#begun(message.args[0].writer, value as Message, true, message.args[0].run);
      case 'beginRun': return void this.#runs.set(value as number, message.args[0]);
      case 'endRun': return void this.#runs.delete(message.args[0]);
    }
  }

  #begun(writer: string, { id, finishedAt }: Message, stream: boolean, run: number): void {
    if (finishedAt === undefined) this.#writers.set(writer, { writer, messageId: id, stream, run });
  }

  /** All that the writer makes before version `next` is saved. */
  #saved(writer: string, next: number): void {
    for (const [key, { message }] of this.#entries) {
      if (message.type === 'write' && message.id === undefined && message.writer === writer && message.version + message.mutations.length <= next) {
        this.#drop(key);
      }
    }
  }

  #forgetWriter(writer: string): void {
    this.#writers.delete(writer);
    for (const [key, { message }] of this.#entries) {
      if (message.type === 'write' && message.id === undefined && message.writer === writer) this.#drop(key);
    }
  }

  #heardEvent(event: Extract<FromHost, { type: 'batch' }>['events'][number]): void {
    switch (event.type) {
      case 'created':
        if (event.message.finishedAt === undefined) this.#unfinished.set(event.message.id, event.message.sessionId);
        break;
      case 'updated':
        if (event.finished || event.message?.finishedAt !== undefined) this.#unfinished.delete(event.id);
        else this.#unfinished.set(event.id, event.sessionId);
        break;
      case 'deleted':
        for (const id of event.messageIds) this.#unfinished.delete(id);
    }
  }

  #drop(key: number): void {
    const id = this.#entries.get(key)?.message.id;
    if (id !== undefined) this.#byId.delete(id);
    this.#entries.delete(key);
  }
}
