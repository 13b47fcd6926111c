// @ts-check
/**
 * What the server knows of a round: what it has sent, and what the page has told it. It outlives the page, so only what
 * it has received counts as acknowledged.
 */
import { json } from 'node:stream/consumers';
import { chunk } from '../support/provider.mjs';
import { deltaOf } from './sequence.js';

/** @import { Endpoint } from '../support/provider.mjs' */

/** Deltas a second: a fast model. */
const RATE = 400;
const TICK_MS = 5;
/**
 * Longer than any round streams. When a Worker ends whom a page has handed a body, the browser keeps that connection, and
 * six of them are all that a page has.
 */
const STREAM_MS = 5000;

/**
 * What a page tells; all numbers of characters.
 * @typedef {object} Fact
 * @property {string} [id] the message it is about; without: the session
 * @property {'user' | 'assistant'} [created] its promise resolved
 * @property {number} [text] so much of the text is saved: an event or a promise said so
 * @property {string} [call] the id of a tool call that is saved
 * @property {number} [finished] its promise resolved; the length of the whole text
 * @property {'asked' | 'done'} [deleted] asked: from here on it may be gone
 * @property {[length: number, at: number]} [handed] the draft was given a delta, at that time
 * @property {number} [title] the session's, a number that grows
 * @property {string} [failed] why the writing ended before its time
 */

/**
 * What is known of a message.
 * @typedef {object} MessageRecord
 * @property {'user' | 'assistant' | undefined} created
 * @property {number} text
 * @property {Set<string>} calls
 * @property {number | undefined} finished
 * @property {'asked' | 'done' | undefined} deleted
 * @property {[length: number, at: number][]} given for each delta that the server sent or the draft was handed: the length of the text with it, and when
 */

/** One session, written by one page until that is killed. */
export class Round {
  /** @type {Map<string, MessageRecord>} */
  messages = new Map();
  title = 0;
  /** When the server heard of saves of a message, by an event or a promise. @type {Map<string, number[]>} */
  savedAt = new Map();
  /** When the page was last known to be alive. */
  aliveAt = 0;
  /** Why and when the writing ended by itself. @type {{ why: string; at: number } | undefined} */
  failed;
  /** How many acknowledgements were received. */
  acknowledged = 0;

  /** @param {string} id */
  message(id) {
    let record = this.messages.get(id);
    if (!record) {
      record = { created: undefined, text: 0, calls: new Set(), finished: undefined, deleted: undefined, given: [] };
      this.messages.set(id, record);
    }
    return record;
  }

  /** @param {Fact} fact */
  note({ id, created, text = 0, call, finished, deleted, handed, title = 0, failed }) {
    if (failed) this.failed = { why: failed, at: Date.now() };
    if (!handed && deleted !== 'asked') this.acknowledged++;
    this.title = Math.max(this.title, title);
    if (id === undefined) return;
    const record = this.message(id);
    if (created) record.created = created;
    if (text > record.text) this.savedAt.set(id, [...this.savedAt.get(id) ?? [], Date.now()]);
    record.text = Math.max(record.text, text);
    if (call) record.calls.add(call);
    if (finished !== undefined) record.finished = finished;
    if (deleted) record.deleted = deleted;
    if (!handed) return;
    record.given.push(handed);
    this.aliveAt = Math.max(this.aliveAt, handed[1]);
  }
}

export class Ledger {
  /** @type {Map<string, Round>} */
  #rounds = new Map();

  /** @param {string | null} session */
  round(session) {
    const round = this.#rounds.get(session ?? '') ?? new Round();
    this.#rounds.set(session ?? '', round);
    return round;
  }

  /** @type {Readonly<Record<string, Endpoint>>} */
  endpoints = {
    /** The facts in the body, about the session `session`. */
    tell: async (response, url, request) => {
      const round = this.round(url.searchParams.get('session'));
      // What a dying page leaves half sent was not received.
      const facts = /** @type {Fact[]} */ (await json(request).catch(() => []));
      for (const fact of facts) round.note(fact);
      response.end();
    },

    /** An endless reply of numbered deltas, for the message `id` of the session `session`. */
    count: (response, url) => {
      const { given } = this.round(url.searchParams.get('session')).message(url.searchParams.get('id') ?? '');
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      const start = performance.now();
      let length = 0;
      const timer = setInterval(() => {
        if (performance.now() - start > STREAM_MS) response.destroy();
        while (given.length < (performance.now() - start) * RATE / 1000) {
          const content = deltaOf(given.length);
          length += content.length;
          given.push([length, Date.now()]);
          response.write(chunk({ content }));
        }
      }, TICK_MS);
      response.on('close', () => clearInterval(timer));
    },
  };
}
