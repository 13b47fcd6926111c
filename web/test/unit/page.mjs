// @ts-check
import { Connection } from '../../dist/client/calls/connection.js';
import { DraftRegistry } from '../../dist/client/drafts/draft-registry.js';
import { Outbox } from '../../dist/client/drafts/outbox.js';
import { FakeWorker } from './fake-worker.mjs';

/** @import { Message } from '../../dist/index.js' */

/** Time that moves when the test says so. */
export class Clock {
  #now = 0;
  isHidden = false;
  /** @type {{ at: number; callback: () => void }[]} */
  #timers = [];

  now = () => this.#now;
  hidden = () => this.isHidden;
  /** @param {number} ms @param {() => void} callback */
  after = (ms, callback) => {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  };

  /** @param {number} ms */
  advance(ms) {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter((timer) => !due.includes(timer));
    for (const { callback } of due) callback();
  }

  get timers() { return this.#timers.length; }
}

/** The page's side around one draft. @param {{ merging?: boolean }} [options] */
export function makePage({ merging = true } = {}) {
  const worker = new FakeWorker();
  const clock = new Clock();
  const outbox = new Outbox(merging, () => connection.flush(), clock);
  const drafts = new DraftRegistry();
  const connection = new Connection(/** @type {any} */ (worker), {
    beforeCall: () => outbox.flush(),
    notice(message) {
      if (message.type === 'write-failed') drafts.refused(message.writer, message.error);
    },
    failed: () => undefined,
  });
  worker.flushPage = () => connection.flush();
  return { worker, clock, outbox, drafts, connection };
}

/** @param {Partial<Message>} [fields] @returns {Message} */
export function assistantMessage(fields = {}) {
  return {
    id: 'm', sessionId: 's', role: 'assistant', parts: [], isSummary: false, createdAt: 1, updatedAt: 1, version: 1, ...fields,
  };
}
