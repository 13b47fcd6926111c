// @ts-check
/**
 * L1, by random traces: after every step each live query that is followed shows what a plain read gives. Events are lost at
 * times, subscribers come and go, calls overlap. A trace that fails names its seed: MILLRACE_SEED=… plays it alone.
 * MILLRACE_TRACES=… plays more of them.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openStore } from 'millrace';
import { liveConversation, liveMessage, liveSearch, liveSessions } from 'millrace/live';
import { watched } from './support/page/watched-store.js';

/** @import { Draft, Message, Store } from 'millrace' */
/** @import { Conversation, LiveQuery } from 'millrace/live' */

const STEPS = 120;
const SESSIONS = ['a', 'b', 'c'];
const LIMITS = [1, 3, 50];
const TRACES = Number(process.env['MILLRACE_TRACES'] ?? 24);
const SEEDS = process.env['MILLRACE_SEED'] ? [Number(process.env['MILLRACE_SEED'])] : Array.from({ length: TRACES }, (_, n) => n + 1);

/** Numbers from 0 to below 1, the same for the same seed. @param {number} seed */
function randomFrom(seed) {
  let state = seed * 2654435761 >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One query under test, and the read that it must agree with. @typedef {{ name: string; query: LiveQuery<any>; stops: (() => void)[]; more: () => Promise<void>; check(value: any): Promise<void> }} Followed */

class Trace {
  #random;
  #watched;
  #store;
  #names = 0;
  /** @type {Map<string, Draft>} */
  #drafts = new Map();
  /** @type {string[]} */
  #messages = [];
  /** @type {Followed[]} */
  #followed = [];
  /** @type {Blob | undefined} */
  #exported;

  /** @param {Store} store @param {number} seed */
  constructor(store, seed) {
    this.#random = randomFrom(seed);
    this.#watched = watched(store);
    this.#store = this.#watched.store;
  }

  /** @template T @param {readonly T[]} items @returns {T} */
  #one(items) { return /** @type {T} */ (items[Math.floor(this.#random() * items.length)]); }

  async play() {
    for (let step = 0; step < STEPS; step++) {
      const calls = this.#random() < 0.3 ? 4 : 1;
      const done = [];
      for (let call = 0; call < calls; call++) done.push(this.#act());
      // Refusals are part of it: a session that is gone, a message that is finished.
      await Promise.allSettled(done);
      if (!this.#watched.state.losing) await this.#compare();
    }
    for (const { stops } of this.#followed) for (const stop of stops) stop();
    // An unfinished message has a timer in the core, for which Node would wait.
    for (const draft of this.#drafts.values()) await draft.finish().catch(() => undefined);
  }

  /** @returns {Promise<unknown>} */
  async #act() {
    const session = this.#one(SESSIONS);
    const message = this.#one(this.#messages) ?? 'none';
    const draft = this.#one([...this.#drafts.values()]);
    const { sessions, messages } = this.#store;
    switch (this.#one(ACTIONS)) {
      case 'session': return sessions.create({ id: session, title: `word${this.#names++}` });
      case 'title': return sessions.update(session, { title: `word${this.#names++}` });
      case 'drop session': return this.#random() < 0.3 && sessions.delete(session);
      case 'say': {
        const id = `m${this.#names++}`;
        this.#messages.push(id);
        return messages.create(session, { id, role: 'user', parts: [{ type: 'text', text: `word ${id}` }] });
      }
      case 'reply': {
        const id = `r${this.#names++}`;
        this.#messages.push(id);
        this.#drafts.set(id, await messages.create(session, { id, role: 'assistant' }));
        return;
      }
      case 'version': {
        const id = `v${this.#names++}`;
        const other = await messages.get(message);
        this.#messages.push(id);
        return messages.create(other?.sessionId ?? session, { id, role: 'user', parentId: other?.parentId ?? null });
      }
      case 'switch': return this.#switch(message);
      case 'delta': return draft?.appendText('word ');
      case 'finish':
        this.#drafts.delete(draft?.id ?? '');
        return draft?.finish();
      case 'delete': return messages.delete(message);
      case 'drop branch': return messages.delete(message, { branch: true });
      case 'delete all': return this.#random() < 0.2 && messages.deleteAll(session);
      case 'export':
        this.#exported = await this.#store.export();
        return;
      case 'import': return this.#exported && this.#store.import(this.#exported);
      case 'follow': return this.#follow(session, message);
      case 'leave': return this.#leave();
      case 'more': return this.#one(this.#followed)?.more();
      case 'lose':
        this.#watched.state.losing = true;
        return;
      case 'hear': return this.#hearAgain();
    }
  }

  /** What a listener lost is told with the next thing that it hears: here, one in each session. */
  async #hearAgain() {
    if (!this.#watched.state.losing) return;
    await this.#store.flushAll();
    this.#watched.state.losing = false;
    for (const session of SESSIONS) {
      const id = `heard${this.#names++}`;
      await this.#store.sessions.create({ id: session }).catch(() => undefined);
      await this.#store.messages.create(session, { id, role: 'user' });
    }
    // Of single messages, and of sessions.
    for (const { name } of this.#followed) if (name.startsWith('message ')) await this.#touch(name.slice('message '.length));
    await this.#store.sessions.update(SESSIONS[0] ?? '', { title: `word${this.#names++}` });
  }

  /** @param {string} id */
  async #touch(id) {
    await this.#store.messages.delete(id);
    await this.#store.messages.create(SESSIONS[0] ?? '', { id, role: 'user' });
  }

  /** @param {string} sessionId @param {string} messageId */
  #follow(sessionId, messageId) {
    const limit = this.#one(LIMITS);
    const kind = this.#one(/** @type {const} */ (['conversation', 'conversation', 'message', 'sessions', 'search']));
    const followed = this.#query(kind, sessionId, messageId, limit);
    const known = this.#followed.find(({ name }) => name === followed.name) ?? followed;
    if (known === followed) this.#followed.push(followed);
    let last = known.query.get();
    known.stops.push(known.query.subscribe(() => {
      const next = known.query.get();
      assert.notEqual(next, last, `${known.name}: a change was announced, and there is none`);
      checkObjects(last.value?.messages, next.value?.messages);
      checkVersions(last.value?.versions, next.value?.versions);
      last = next;
    }));
  }

  /** @param {string} messageId */
  async #switch(messageId) {
    const message = await this.#store.messages.get(messageId);
    if (message) await this.#store.sessions.switchTo(message.sessionId, messageId);
  }

  #leave() {
    const followed = this.#one(this.#followed);
    followed?.stops.pop()?.();
    this.#followed = this.#followed.filter(({ stops }) => stops.length > 0);
  }

  /** @param {'conversation' | 'message' | 'sessions' | 'search'} kind @param {string} sessionId @param {string} messageId @param {number} limit @returns {Followed} */
  #query(kind, sessionId, messageId, limit) {
    const store = this.#store;
    switch (kind) {
      case 'conversation': {
        const query = liveConversation(store, sessionId, { limit });
        return {
          name: `conversation ${sessionId} ${limit}`, query, stops: [], more: () => query.loadEarlier(2),
          async check({ messages, hasEarlier, versions }) {
            const all = await store.messages.list(sessionId);
            assert.deepEqual(new Map([...versions].sort()), new Map([...versionsAmong(messages, await store.messages.list(sessionId, { all: true }))].sort()));
            assert.deepEqual(messages, all.slice(all.length - messages.length));
            assert.equal(hasEarlier, all.length > messages.length);
            assert.deepEqual(query.ids.get().value, { ids: messages.map((/** @type {Message} */ { id }) => id), hasEarlier });
            if (messages.length < limit) assert.equal(hasEarlier && messages.length === 0, false, 'an empty list, and there are messages');
          },
        };
      }
      case 'message': return {
        name: `message ${messageId}`, query: liveMessage(store, messageId), stops: [], more: async () => undefined,
        check: async (message) => assert.deepEqual(message, await store.messages.get(messageId)),
      };
      case 'sessions': {
        const query = liveSessions(store, { limit });
        return {
          name: `sessions ${limit}`, query, stops: [], more: () => query.loadMore(1),
          async check({ sessions, hasMore }) {
            const all = await store.sessions.list();
            assert.deepEqual(sessions, all.slice(0, sessions.length));
            assert.equal(hasMore, all.length > sessions.length);
            assert.ok(sessions.length >= Math.min(limit, all.length));
          },
        };
      }
      case 'search': {
        const query = liveSearch(store, 'word', { sessionId });
        return {
          name: `search ${sessionId}`, query, stops: [], more: query.loadMore,
          async check({ hits, hasMore }) {
            // A page may be short: a search that takes long is cut there.
            const found = [];
            let from;
            do {
              const page = await store.search('word', { sessionId, limit: Math.max(hits.length - found.length, 1), ...(from && { from }) });
              found.push(...page.hits);
              from = page.next;
            } while (from && found.length <= hits.length);
            assert.deepEqual(hits, found.slice(0, hits.length));
            if (!hasMore) assert.equal(found.length, hits.length);
          },
        };
      }
    }
  }

  async #compare() {
    await this.#watched.settled();
    for (const { name, query, check } of this.#followed) {
      const snapshot = query.get();
      assert.equal(snapshot, query.get(), `${name}: another object, and nothing has changed`);
      assert.equal(snapshot.status, 'ready', name);
      await check(snapshot.value);
    }
  }
}

/** @type {readonly string[]} */
const ACTIONS = [
  'session', 'session', 'title', 'drop session', 'say', 'say', 'say', 'say', 'reply', 'reply', 'delta', 'delta', 'delta', 'finish',
  'version', 'version', 'switch', 'switch', 'drop branch', 'delete', 'delete', 'delete all', 'export', 'import', 'follow', 'follow', 'follow', 'leave', 'more', 'more', 'lose', 'hear', 'hear', 'hear',
];

/** No message is there twice, and what did not change is the same object. @param {readonly Message[] | undefined} before @param {readonly Message[] | undefined} after */
function checkObjects(before = [], after = []) {
  assert.equal(new Set(after.map(({ id }) => id)).size, after.length, 'a message is there twice');
  const known = new Map(before.map((message) => [message.id, message]));
  for (const message of after) {
    const held = known.get(message.id);
    // A delete gives the children of a message another parent, and no other version. An import may bring back a message that ended otherwise.
    const same = held?.version === message.version && held.updatedAt === message.updatedAt && held.parentId === message.parentId;
    if (same) assert.equal(message, held, `${message.id} did not change`);
  }
}

/** Of those messages, counted among all of the session. @param {readonly Message[]} messages @param {readonly Message[]} all */
function versionsAmong(messages, all) {
  return messages.flatMap(({ id, parentId }) => {
    const messageIds = all.filter((other) => other.parentId === parentId).map((other) => other.id);
    return messageIds.length > 1 ? [/** @type {const} */ ([id, { messageIds, index: messageIds.indexOf(id) }])] : [];
  });
}

/** What says the same is the same object. @param {Conversation['versions'] | undefined} before @param {Conversation['versions'] | undefined} after */
function checkVersions(before = new Map(), after = new Map()) {
  const same = (/** @type {string} */ id) => JSON.stringify(before.get(id)) === JSON.stringify(after.get(id));
  for (const id of after.keys()) if (same(id)) assert.equal(after.get(id), before.get(id), `the versions of ${id} did not change`);
  if (after !== before && after.size > 0) assert.ok(after.size !== before.size || ![...after.keys()].every(same), 'no message has other versions');
}

describe('L1: live queries agree with plain reads', { concurrency: 6 }, () => {
  for (const seed of SEEDS) {
    test(`trace ${seed}`, { timeout: 60_000 }, async () => {
      const store = await openStore({ storage: 'memory', name: `trace-${seed}`, windowMs: seed % 3 === 0 ? 0 : 1 });
      try {
        await new Trace(store, seed).play();
      } finally {
        await store.close();
      }
    });
  }
});
