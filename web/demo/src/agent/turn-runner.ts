import { MillraceError, type Message, type RunScope, type Store } from 'millrace';
import { announce, describeError, reportError } from '../ui/notices.js';
import { chatRequest } from './chat-request.js';
import { pendingToolCalls, textOf } from './history.js';
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

  send(sessionId: string, prompt: string): Promise<void> {
    return this.#turn(sessionId, async (scope) => {
      await scope.create({ role: 'user', parts: [{ type: 'text', text: prompt }] });
      await this.#nameAfter(sessionId, prompt);
      await this.#converse(scope, sessionId);
    });
  }

  /** Goes on where the conversation stands: with the reply that was cut off, or with the next step. */
  proceed(sessionId: string): Promise<void> {
    return this.#turn(sessionId, async (scope) => {
      const last = (await this.#store.messages.list(sessionId)).at(-1);
      const cutOff = last?.role === 'assistant' && pendingToolCalls([last]).length === 0 && textOf(last) !== '';
      await this.#converse(scope, sessionId, cutOff ? last.id : undefined);
    });
  }

  /** Asks the last question again: everything after it is deleted. Without a question nothing is deleted. */
  retry(sessionId: string): Promise<void> {
    return this.#turn(sessionId, async (scope) => {
      const messages = await this.#store.messages.list(sessionId);
      const question = messages.findLastIndex(({ role }) => role === 'user');
      if (question === -1) throw new Error('This conversation has no question to ask again.');
      await this.#delete(messages.slice(question + 1));
      await this.#converse(scope, sessionId);
    });
  }

  /** Replaces a question and all that follows it. The new question is stored before the old one goes. */
  edit(sessionId: string, messageId: string, prompt: string): Promise<void> {
    return this.#turn(sessionId, async (scope) => {
      const messages = await this.#store.messages.list(sessionId);
      const question = messages.findIndex(({ id }) => id === messageId);
      if (question === -1) throw new Error('The question has been deleted meanwhile. Nothing was changed.');
      await scope.create({ role: 'user', parts: [{ type: 'text', text: prompt }] });
      await this.#delete(messages.slice(question));
      await this.#converse(scope, sessionId);
    });
  }

  stop(sessionId: string): void {
    this.#running.get(sessionId)?.abort();
  }

  /** The newest goes first: what is left after a crash is a conversation that was cut short, without a gap. */
  async #delete(messages: readonly Message[]): Promise<void> {
    for (const { id } of [...messages].reverse()) await this.#store.messages.delete(id);
  }

  async #converse(scope: RunScope, sessionId: string, resumeId?: string): Promise<void> {
    let resume = resumeId;
    for (let step = 0; step < MAX_STEPS; step++) {
      const history = await this.#store.messages.list(sessionId);
      await this.#answerTools(scope, sessionId, history);
      const reply = await this.#ask(scope, sessionId, resume);
      if (pendingToolCalls([reply]).length === 0) return;
      resume = undefined;
    }
    throw new Error(`The model called tools ${MAX_STEPS} times in a row; the turn was ended.`);
  }

  async #answerTools(scope: RunScope, sessionId: string, history: readonly Message[]): Promise<void> {
    const calls = pendingToolCalls(history);
    if (calls.length === 0) return;
    announce(`The model uses ${calls.map(({ name }) => name.replaceAll('_', ' ')).join(', ')}.`);
    const parts = await Promise.all(calls.map((call) => runTool(call, { store: this.#store, sessionId })));
    scope.signal.throwIfAborted();
    await scope.create({ role: 'tool', parts });
  }

  async #ask(scope: RunScope, sessionId: string, resumeId?: string): Promise<Message> {
    const settings = getSettings();
    const history = await this.#store.messages.list(sessionId);
    const run = await scope.ingest(chatRequest(settings, history, resumeId !== undefined), {
      format: 'openai-chat',
      model: settings.model,
      provider: new URL(settings.baseUrl).host,
      ...(resumeId === undefined ? {} : { messageId: resumeId }),
    });
    return run.done;
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
