// @ts-check
/**
 * Election, relay, resending and take-over of simulated tabs (M1 to M4): random schedules of what tabs do and of what happens
 * to them, over channels that lose, repeat and reorder. The code of the tabs is the real one; clock, locks, channels and core
 * are models. After each schedule nothing is lost, nothing is done twice, and no call is left open.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tab } from '../../dist/worker/tabs/tab.js';
import { Disk, ModelCore } from './tabs/model-core.mjs';
import { SimulatedTab, World } from './tabs/world.mjs';

const SCHEDULES = Number(process.env['MILLRACE_TAB_SCHEDULES'] ?? 3400);
const STEPS = 60;
/** Milliseconds after which every call is answered: ten seconds of silence, and a leader that freezes may give signs in between. */
const PATIENCE_MS = 40_000;
const REQUEST = { name: 's', storage: /** @type {const} */ ('memory'), windowMs: 33, mustDeliverTimeoutMs: 50, mailboxCapacity: 64 };

/** @param {number} seed */
function randomFrom(seed) {
  let state = seed * 2654435761 >>> 0 || 1;
  return () => {
    state ^= state << 13; state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5; state >>>= 0;
    return state / 2 ** 32;
  };
}

/** Lets promises go on. */
async function settle() { for (let i = 0; i < 12; i++) await undefined; }

/** A page and its tab. */
class TestPage {
  #lastId = 0;
  /** @type {Map<number, { what: string; at: number; message?: any }>} */
  pending = new Map();
  /** What it writes, by message. @type {Map<string, { writer: string; next: number; text: string; finished: boolean; known: boolean }>} */
  messages = new Map();
  deleted = new Set();
  /** @type {string[]} */
  errors = [];
  over = false;
  /** @type {(message: any) => void} */
  onMessage = () => undefined;
  awakeSince = 0;
  /** @type {string[]} */
  roles = [];

  /** @param {World} world @param {Disk} disk @param {string} name */
  constructor(world, disk, name) {
    this.world = world;
    this.tab = new SimulatedTab(name);
    this.traps = false;
    const core = async () => /** @type {any} */ ({
      openStore: (/** @type {any} */ _files, /** @type {any} */ options, /** @type {any} */ done) =>
        done(null, new ModelCore(disk, options, (ms, call) => world.after(this.tab, ms, 'window', call), () => this.traps)),
    });
    const open = { type: /** @type {const} */ ('open'), id: this.#ask('open'), request: { ...REQUEST, lifeLock: name } };
    this.worker = new Tab(world.environment(this.tab), { core, streams: () => Promise.reject(new Error('no streams here')) }, open, (messages) => {
      // As a Worker's messages do, it comes a little later.
      for (const message of structuredClone(messages)) world.after(this.tab, 0, 'to page', () => this.#hear(message));
    }, () => { this.over = true; world.kill(this.tab); });
  }

  get usable() { return this.tab.alive && !this.tab.frozen && ![...this.pending.values()].some(({ what }) => what === 'open'); }

  /** @param {string} what @param {any} [message] */
  #ask(what, message) {
    this.pending.set(++this.#lastId, { what, at: this.world.now, message });
    return this.#lastId;
  }

  /** @param {string} method @param {any[]} args @param {any} [message] */
  call(method, args, message) { this.worker.receive([/** @type {any} */ ({ type: 'call', id: this.#ask(method, message), method, args })]); }

  create() {
    const id = `${this.tab.name}-${this.messages.size}`;
    const message = { writer: `w-${id}`, next: 2, text: '', finished: false, known: false };
    this.messages.set(id, message);
    this.call('createMessage', ['session', { id, role: 'assistant' }, message.writer, 0], message);
  }

  write() {
    const open = [...this.messages].filter(([id, { finished, known }]) => known && !finished && !this.deleted.has(id));
    const chosen = open[this.world.below(open.length)];
    if (!chosen) return this.create();
    const [id, message] = chosen;
    const version = message.next;
    if (this.world.random() < 0.15) {
      message.finished = true;
      message.next += 1;
      this.worker.receive([/** @type {any} */ ({
        type: 'write', id: this.#ask('finish', message), messageId: id, writer: message.writer, version, others: 0, mutations: [{ op: 'finish', reason: 'end_turn' }],
      })]);
      return;
    }
    const texts = Array.from({ length: 1 + this.world.below(3) }, (_, i) => `[${version + i}]`);
    message.next += texts.length;
    message.text += texts.join('');
    this.worker.receive([/** @type {any} */ ({
      type: 'write', messageId: id, writer: message.writer, version, others: 0, mutations: texts.map((text) => ({ op: 'appendText', text })),
    })]);
  }

  /** The Worker of the tab asks the leader on its own, and then answers the page. */
  getBlob() { this.worker.receive([{ type: 'get-blob', id: this.#ask('get-blob'), blob: 'nobody' }]); }

  remove() {
    const known = [...this.messages].filter(([id, message]) => message.known && !this.deleted.has(id));
    const chosen = known[this.world.below(known.length)];
    if (!chosen) return;
    this.deleted.add(chosen[0]);
    this.call('deleteMessage', [chosen[0]]);
  }

  /** @param {any} message */
  #hear(message) {
    this.onMessage(message);
    if (message.type === 'reply') {
      const asked = this.pending.get(message.id);
      this.pending.delete(message.id);
      // A finish and a delete may both be said again: then the message is gone before the finish comes.
      const deleted = [...this.messages].some(([id, known]) => known === asked?.message && this.deleted.has(id));
      if (message.error && message.error.code !== 'timeout' && !(deleted && message.error.code === 'not-found')) this.errors.push(`${asked?.what}: ${message.error.code}`);
      if (asked?.what === 'createMessage' && !message.error) asked.message.known = true;
      // A page that could not open the store ends its Worker.
      if (asked?.what === 'open' && message.error) this.world.kill(this.tab);
    }
    if (message.type === 'write-failed' && !this.deleted.has(message.messageId)) this.errors.push(`write: ${message.error.code}`);
    if (message.type === 'trapped') {
      this.over = true;
      this.pending.clear();
    }
    if (message.type === 'batch') for (const event of message.events) if (event.type === 'role') this.roles.push(event.role);
  }
}

/** @param {number} seed */
async function schedule(seed) {
  const random = randomFrom(seed);
  const world = new World(random, { lossy: seed % 2 === 1 });
  const disk = new Disk();
  /** @type {TestPage[]} */
  const pages = [];
  let steps = 0;
  let takeOvers = 0;
  const add = () => pages.push(new TestPage(world, disk, `tab${pages.length}`));
  add();
  const one = async () => {
    steps += 1;
    const went = world.step();
    await settle();
    for (const { tab, pending, awakeSince } of pages) {
      if (!tab.alive || tab.frozen) continue;
      for (const { what, at } of pending.values()) assert.ok(world.now - Math.max(at, awakeSince) < PATIENCE_MS, `schedule ${seed}: ${what} of ${tab.name} waits for too long`);
    }
    return went;
  };
  for (let i = 0; i < STEPS; i++) {
    const living = pages.filter(({ tab }) => tab.alive);
    const page = living[world.below(living.length)];
    const what = world.below(40);
    if (what === 0 && living.length < 4) add();
    else if (!page || living.length === 0) add();
    else if (what === 1 && living.length > 1) { world.kill(page.tab); takeOvers += 1; }
    else if (what === 2 && !page.tab.frozen) {
      // The page goes into the cache, and comes back.
      if (page.usable) page.worker.receive([{ type: 'page-event', event: 'freeze', persisted: undefined }]);
      const { tab, worker } = page;
      world.after(new SimulatedTab('browser'), 50 + world.below(500), 'thaw', () => {
        if (tab.alive) worker.receive([{ type: 'page-event', event: 'resume', persisted: undefined }]);
        page.awakeSince = world.now;
      });
    } else if (what === 3) {
      // It stops without a word, and keeps its locks.
      page.tab.frozen = true;
      world.after(new SimulatedTab('browser'), world.below(60_000), 'goes on', () => {
        page.tab.frozen = false;
        page.awakeSince = world.now;
      });
    } else if (what === 39 && page.usable && !page.tab.frozen) {
      // It is frozen within moments, wherever it is with what it does then, and may come back.
      const { tab, worker } = page;
      const browser = new SimulatedTab('browser');
      worker.receive([{ type: 'page-event', event: 'pagehide', persisted: true }]);
      world.after(browser, world.below(25), 'cached', () => { tab.cached = tab.frozen = true; });
      world.after(browser, 50 + world.below(3_000), 'shown', () => {
        tab.cached = tab.frozen = false;
        if (tab.alive) worker.receive([{ type: 'page-event', event: 'pageshow', persisted: true }]);
        page.awakeSince = world.now;
      });
    } else if (what === 4 && living.length > 1) page.traps = true;
    else if (what < 10 && page.usable) page.create();
    else if (what < 30 && page.usable) page.write();
    else if (what < 32 && page.usable) page.remove();
    else if (what < 34 && page.usable) page.call('createSession', [{ id: `session of ${page.tab.name} ${i}` }]);
    else if (what < 36 && page.usable) page.call('flushAll', [-1]);
    else if (what < 37 && page.usable) page.getBlob();
    for (let n = world.below(8); n >= 0; n--) await one();
  }
  for (const page of pages) { page.tab.cached = page.tab.frozen = false; page.traps = false; page.awakeSince = world.now; }
  world.lossy = false;
  // Until everybody has been answered and everything is saved.
  for (let n = 0; n < 20_000 && pages.some(({ tab, pending }) => tab.alive && pending.size > 0); n++) await one();
  const still = pages.find(({ tab }) => tab.alive);
  if (still) {
    still.call('flushAll', [-1]);
    for (let n = 0; n < 3_000; n++) if (!await one()) break;
  }
  const told = `schedule ${seed}`;
  for (const page of pages) {
    if (page.tab.alive) {
      assert.deepEqual([...page.pending.values()].map(({ what }) => what), [], `${told}: ${page.tab.name} waits`);
      assert.deepEqual(page.errors, [], `${told}: ${page.tab.name}`);
    }
    for (const [id, { text, finished, known }] of page.messages) {
      const stored = disk.messages.get(id);
      if (page.deleted.has(id)) {
        if (page.tab.alive) assert.equal(stored, undefined, `${told}: ${id} was deleted`);
        continue;
      }
      if (!page.tab.alive) {
        if (stored) assert.ok(text.startsWith(stored.text), `${told}: ${id} has ${stored.text}, written was ${text}`);
        if (stored && pages.some(({ tab }) => tab.alive)) assert.notEqual(stored.finishedAt, undefined, `${told}: ${id} of a dead tab is open`);
        continue;
      }
      if (!known) continue;
      assert.equal(stored?.text, text, `${told}: ${id}`);
      assert.equal(stored?.reason, finished ? 'end_turn' : undefined, `${told}: ${id} ends`);
    }
  }
  for (const [call, times] of disk.done) assert.equal(times, 1, `${told}: ${call} was done ${times} times`);
  for (const [session, times] of disk.sessions) assert.equal(times, 1, `${told}: ${session} was made ${times} times`);
  for (const page of pages) world.kill(page.tab);
  return { steps, takeOvers };
}

test(`M2_ nothing is lost, doubled or left open in ${SCHEDULES} schedules`, { timeout: 600_000 }, async (context) => {
  let steps = 0;
  let takeOvers = 0;
  const only = process.env['MILLRACE_TAB_SCHEDULE'];
  for (let seed = only ? Number(only) : 1; seed <= (only ? Number(only) : SCHEDULES); seed++) {
    const outcome = await schedule(seed);
    steps += outcome.steps;
    takeOvers += outcome.takeOvers;
  }
  context.diagnostic(`${steps} steps, ${takeOvers} tabs killed`);
});

/** A world in which nothing is lost, with so many tabs, all open. @param {number} count */
async function worldOf(count) {
  const world = new World(randomFrom(1), { lossy: false });
  const disk = new Disk();
  const pages = Array.from({ length: count }, (_, n) => new TestPage(world, disk, `tab${n}`));
  /** @param {() => boolean} condition */
  const until = async (condition) => {
    for (let n = 0; n < 20_000 && !condition(); n++) {
      world.step();
      await settle();
    }
    assert.ok(condition(), `this comes true: ${condition}`);
  };
  await until(() => pages.every(({ usable }) => usable));
  return { world, disk, pages, until };
}

test('M2_ a leader that stands still: a call rejects with timeout, is told as trouble, and is done once the leader goes on', async () => {
  const { disk, pages: [leader, follower], until } = await worldOf(2);
  assert.ok(leader && follower);
  /** @type {string[]} */
  const heard = [];
  follower.onMessage = (message) => {
    if (message.type === 'reply' && message.error) heard.push(message.error.code);
    if (message.type === 'batch') heard.push(...message.events.map((/** @type {any} */ { type }) => type));
  };
  leader.tab.frozen = true;
  follower.call('createSession', [{ id: 'asked for' }]);
  await until(() => follower.pending.size === 0 && heard.includes('storage-error'));
  assert.deepEqual(heard.sort(), ['storage-error', 'timeout']);
  assert.equal(disk.sessions.size, 0);
  leader.tab.frozen = false;
  await until(() => disk.sessions.get('asked for') === 1 && heard.includes('storage-recovered'));
});

test('M3_ a hand-over waits for what is under way, and the tab follows afterwards', async () => {
  const { disk, pages: [first, second], until } = await worldOf(2);
  assert.ok(first && second);
  first.call('createSession', [{ id: 'under way' }]);
  first.worker.receive(['freeze', 'resume'].map((event) => ({ type: 'page-event', event, persisted: undefined })));
  first.call('createSession', [{ id: 'meanwhile' }]);
  await until(() => first.pending.size === 0 && second.roles.includes('leader'));
  assert.deepEqual([...disk.sessions], [['under way', 1], ['meanwhile', 1]]);
  assert.deepEqual(first.errors, []);
});

test('M3_ a leader that lies in the cache of the browser before it has handed over is replaced', async () => {
  const { disk, pages: [leader, follower], until } = await worldOf(2);
  assert.ok(leader && follower);
  leader.worker.receive([{ type: 'page-event', event: 'pagehide', persisted: true }]);
  leader.tab.cached = leader.tab.frozen = true;
  follower.call('createSession', [{ id: 'asked for' }]);
  await until(() => follower.pending.size === 0);
  assert.deepEqual(follower.errors, []);
  assert.equal(disk.sessions.get('asked for'), 1);
  assert.equal(leader.tab.alive, false);
});

test('M3_ a leader that is stopped in the middle of handing over is replaced, though nobody waits for anything', async () => {
  const { pages: [leader, follower], until } = await worldOf(2);
  assert.ok(leader && follower);
  leader.worker.receive([{ type: 'page-event', event: 'pagehide', persisted: true }]);
  leader.tab.cached = leader.tab.frozen = true;
  await until(() => follower.roles.includes('leader'));
  assert.equal(leader.tab.alive, false);
});

test('M3_ a leader that has handed over stays in the cache of the browser', async () => {
  const { disk, pages: [leader, follower], until } = await worldOf(2);
  assert.ok(leader && follower);
  leader.worker.receive([{ type: 'page-event', event: 'pagehide', persisted: true }]);
  await until(() => follower.roles.includes('leader'));
  leader.tab.cached = leader.tab.frozen = true;
  follower.call('createSession', [{ id: 'asked for' }]);
  await until(() => follower.pending.size === 0);
  assert.equal(leader.tab.alive, true);
  assert.equal(disk.sessions.get('asked for'), 1);
});

test('M3_ a page that is frozen waits: nothing is given up until it runs again, and then it has its time', async () => {
  for (const role of [0, 1]) {
    const { world, disk, pages, until } = await worldOf(2);
    const page = pages[role];
    assert.ok(page);
    /** @type {string[]} */
    const troubles = [];
    page.onMessage = (message) => {
      if (message.type === 'batch') for (const event of message.events) if (event.type === 'storage-error') troubles.push(event.error.code);
    };
    page.worker.receive([{ type: 'page-event', event: 'freeze', persisted: undefined }]);
    page.call('createSession', [{ id: 'asked for' }]);
    const begun = world.now;
    await until(() => world.now > begun + 30_000);
    assert.equal(page.pending.size, 1);
    page.worker.receive([{ type: 'page-event', event: 'resume', persisted: undefined }]);
    await until(() => page.pending.size === 0);
    assert.deepEqual([troubles, page.errors, disk.sessions.get('asked for')], [[], [], 1]);
  }
});

test('M2_ a new leader that a follower did not hear of is found', async () => {
  const { world, disk, pages: [first, second, third], until } = await worldOf(3);
  assert.ok(first && second && third);
  world.drops = (data) => /** @type {any} */ (data).type === 'leads';
  world.kill(first.tab);
  // One of the two leads next.
  second.call('createSession', [{ id: 'second' }]);
  third.call('createSession', [{ id: 'third' }]);
  await until(() => second.pending.size + third.pending.size === 0);
  assert.deepEqual([...disk.sessions.values()], [1, 1]);
});
