import { MillraceError, type FilePart, type Message, type RunScope, type Store } from 'millrace';
import { announce, describeError, reportError } from '../ui/notices.js';
import { fileName, filesOf } from './attachments.js';
import { chatRequest } from './chat-request.js';
import { pendingToolCalls, textOf } from './history.js';
import { costOf } from './prices.js';
import { historyFor } from './provider-history.js';
import { getSettings } from './settings.js';
import { runTool } from './tools.js';

/** Requests in one turn: a model that only ever calls tools is stopped here. */
const MAX_STEPS = 8;
const TITLE_LENGTH = 48;

/** Codes that are shown where they happened, at the message. */
const SHOWN_AT_MESSAGE: ReadonlySet<string> = new Set(['http', 'network', 'protocol', 'aborted']);

/** What a person can be told about a turn that failed. */
export interface Trouble {
  readonly code: MillraceError['code'];
  /** Before this time the server wants no new try. Milliseconds since the epoch. */
  readonly retryAt: number | undefined;
}

/**
 * Runs the turns of all sessions: ask, answer the model's tool calls, ask again. A turn belongs to
 * the store, not to a component: it goes on while another session is on the screen. At most one
 * turn runs in a session at a time.
 */
export class TurnRunner {
  readonly #store: Store;
  readonly #listeners = new Set<() => void>();
  #running: ReadonlyMap<string, AbortController> = new Map();
  /** How the last turn of a session failed. */
  readonly #troubles = new Map<string, Trouble>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Ids of the sessions in which a turn is running, as the keys; a new map at each change. */
  readonly getSnapshot = (): ReadonlyMap<string, unknown> => this.#running;

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange);
    return () => void this.#listeners.delete(onChange);
  };

  /** Undefined: the last turn in that session did not fail, or a new one runs. */
  readonly troubleOf = (sessionId: string): Trouble | undefined => this.#troubles.get(sessionId);

  /**
   * Resolves when it is clear whether the question is stored. If so, the turn goes on; if not, why has been said. `files` are in the
   * store already. With them, the prompt may be empty.
   */
  send(sessionId: string, prompt: string, files: readonly FilePart[] = []): Promise<boolean> {
    return this.#turnAfter(sessionId, async (scope, stored) => {
      const question = await scope.create({ role: 'user', parts: [...files, ...(prompt === '' ? [] : [{ type: 'text' as const, text: prompt }])] });
      stored();
      await this.#nameAfter(sessionId, prompt === '' ? files.map(fileName).join(', ') : prompt);
      await this.#converse(scope, sessionId, question.id);
    });
  }

  /** Goes on where the conversation stands: with the reply that was cut off, or with the next step. */
  proceed(sessionId: string): Promise<void> {
    return this.#turn(sessionId, async (scope) => {
      const last = (await this.#store.messages.list(sessionId)).at(-1);
      if (last === undefined) throw new Error('This conversation has no message to go on from.');
      const cutOff = last.role === 'assistant' && pendingToolCalls([last]).length === 0 && textOf(last) !== '';
      await this.#converse(scope, sessionId, last.id, cutOff ? last.id : undefined);
    });
  }

  /** Asks the last question again. The new reply is a version of the one that is there: both follow the question. */
  retry(sessionId: string): Promise<void> {
    return this.#turn(sessionId, async (scope) => {
      const question = (await this.#store.messages.list(sessionId)).findLast(({ role }) => role === 'user');
      if (question === undefined) throw new Error('This conversation has no question to ask again.');
      await this.#converse(scope, sessionId, question.id);
    });
  }

  /** Asks a question in other words, with the same files. It is a version of the old one: both follow the same message. Resolves as `send` does. */
  edit(sessionId: string, messageId: string, prompt: string): Promise<boolean> {
    return this.#turnAfter(sessionId, async (scope, stored) => {
      const old = await this.#store.messages.get(messageId);
      if (old === undefined) throw new Error('The question has been deleted meanwhile. Nothing was changed.');
      const question = await scope.create({ role: 'user', parentId: old.parentId ?? null, parts: [...filesOf(old), { type: 'text', text: prompt }] });
      stored();
      await this.#converse(scope, sessionId, question.id);
    });
  }

  stop(sessionId: string): void {
    this.#running.get(sessionId)?.abort();
  }

  /** `from`: the message to go on from. The turn keeps to its own branch, whatever another tab shows meanwhile. */
  async #converse(scope: RunScope, sessionId: string, from: string, resumeId?: string): Promise<void> {
    let head = from;
    let resume = resumeId;
    for (let step = 0; step < MAX_STEPS; step++) {
      head = await this.#answerTools(scope, sessionId, head) ?? head;
      const reply = await this.#ask(scope, sessionId, head, resume);
      if (pendingToolCalls([reply]).length === 0) return;
      head = reply.id;
      resume = undefined;
    }
    throw new Error(`The model called tools ${MAX_STEPS} times in a row; the turn was ended.`);
  }

  /** The id of the message with the results. Undefined: no call waits for one. */
  async #answerTools(scope: RunScope, sessionId: string, head: string): Promise<string | undefined> {
    const calls = pendingToolCalls(await this.#store.messages.list(sessionId, { head }));
    if (calls.length === 0) return undefined;
    announce(`The model uses ${calls.map(({ name }) => name.replaceAll('_', ' ')).join(', ')}.`);
    const parts = await Promise.all(calls.map((call) => runTool(call, { store: this.#store, sessionId })));
    scope.signal.throwIfAborted();
    return (await scope.create({ role: 'tool', parentId: head, parts })).id;
  }

  async #ask(scope: RunScope, sessionId: string, head: string, resumeId?: string): Promise<Message> {
    const settings = getSettings();
    const history = await this.#store.messages.list(sessionId, { head });
    const { source, goOn } = chatRequest(settings, await historyFor(settings, this.#store, history, resumeId !== undefined));
    const run = await scope.ingest(source, {
      format: settings.protocol,
      model: settings.model,
      provider: new URL(settings.baseUrl).host,
      ...(resumeId === undefined ? { parentId: head } : { messageId: resumeId }),
      ...(goOn === undefined ? {} : {
        reconnect: (point) => {
          announce('The connection broke. The reply goes on by itself.');
          return goOn(point);
        },
      }),
    });
    const reply = await run.done;
    await this.#addCost(reply, settings.model);
    return reply;
  }

  /** A stream tells tokens. What they cost is for the page to say, unless the provider has said it. */
  async #addCost(reply: Message, model: string): Promise<void> {
    if (reply.usage === undefined || reply.usage.cost !== undefined) return;
    const cost = costOf(model, reply.usage);
    if (cost !== undefined) await this.#store.messages.update({ ...reply, usage: { ...reply.usage, cost } });
  }

  /** Whether `body` called `stored` before the turn was over. */
  #turnAfter(sessionId: string, body: (scope: RunScope, stored: () => void) => Promise<void>): Promise<boolean> {
    return new Promise((resolve) => {
      void this.#turn(sessionId, (scope) => body(scope, () => resolve(true))).then(() => resolve(false));
    });
  }

  async #turn(sessionId: string, body: (scope: RunScope) => Promise<void>): Promise<void> {
    if (this.#running.has(sessionId)) return;
    const controller = new AbortController();
    this.#troubles.delete(sessionId);
    this.#setRunning(new Map(this.#running).set(sessionId, controller));
    announce('The model is replying.');
    try {
      await this.#store.run(sessionId, body, { signal: controller.signal });
      announce('The reply is complete.');
    } catch (error) {
      if (controller.signal.aborted) announce('The reply was stopped.');
      else if (error instanceof MillraceError && SHOWN_AT_MESSAGE.has(error.code)) {
        this.#troubles.set(sessionId, { code: error.code, retryAt: error.retryAfterMs === undefined ? undefined : Date.now() + error.retryAfterMs });
        announce(`The reply failed: ${describeError(error)}`);
      }
      else reportError(error, 'The turn failed.');
    } finally {
      const running = new Map(this.#running);
      running.delete(sessionId);
      this.#setRunning(running);
    }
  }

  /** The first question names a session that nobody has named. */
  async #nameAfter(sessionId: string, prompt: string): Promise<void> {
    const session = await this.#store.sessions.get(sessionId);
    if (session?.title !== '') return;
    const line = prompt.replace(/\s+/g, ' ').trim();
    const title = line.length > TITLE_LENGTH ? `${line.slice(0, TITLE_LENGTH).toWellFormed()}…` : line;
    await this.#store.sessions.update(sessionId, { title });
  }

  #setRunning(running: ReadonlyMap<string, AbortController>): void {
    this.#running = running;
    for (const listener of [...this.#listeners]) listener();
  }
}
