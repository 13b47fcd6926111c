// @ts-check
/**
 * A world of tabs without a browser: a clock, locks and channels that a test drives step by step, and a disk.
 *
 * Each step is one thing that could happen next: a message arrives, a timer rings, a commit ends, a lock is given. The random
 * numbers choose which. Channels may lose, repeat and reorder what is said over them.
 */
import { MemoryBlobs } from '../../../dist/worker/blobs/memory-blobs.js';

/** @typedef {import('../../../dist/worker/tabs/environment.js').Environment} Environment */

/** @typedef {{ tab: SimulatedTab; at: number; what: string; run: () => void }} Due */

/** What belongs to one tab, and ends with it. */
export class SimulatedTab {
  alive = true;
  /** It holds what it holds, and does nothing. */
  frozen = false;
  /** Its page is in the browser's cache: whoever asks for a lock that it holds ends it. */
  cached = false;
  /** @param {string} name */
  constructor(name) { this.name = name; }
}

export class World {
  now = 0;
  /** What never arrives. @type {(data: unknown) => boolean} */
  drops = () => false;
  /** @type {Due[]} */
  due = [];
  /** @type {Map<string, { tab: SimulatedTab } | undefined>} */
  #locks = new Map();
  /** @type {{ name: string; tab: SimulatedTab; grant: () => void }[]} */
  #waiting = [];
  /** @type {{ name: string; tab: SimulatedTab; hear: (data: unknown) => void; last: number }[]} */
  #ears = [];

  /** @param {() => number} random in [0, 1) @param {{ lossy: boolean }} options */
  constructor(random, { lossy }) {
    this.random = random;
    this.lossy = lossy;
  }

  /** @param {number} n */
  below(n) { return Math.floor(this.random() * n); }

  /** Does one thing that is due; false: nothing is. */
  step() {
    this.due = this.due.filter(({ tab }) => tab.alive);
    const able = this.due.filter(({ tab }) => !tab.frozen);
    if (able.length === 0) return false;
    const ready = able.filter(({ at }) => at <= this.now);
    if (ready.length === 0) {
      this.now = Math.min(...able.map(({ at }) => at));
      return true;
    }
    const next = /** @type {Due} */ (ready[this.below(ready.length)]);
    this.due.splice(this.due.indexOf(next), 1);
    try {
      next.run();
    } catch (error) {
      // A core that traps ends its tab; in a Worker the error that it threw is reported, and no more.
      if (next.tab.alive || /** @type {any} */ (error).code !== 'internal') throw error;
    }
    return true;
  }

  /** @param {SimulatedTab} tab @param {number} ms @param {string} what @param {() => void} run */
  after(tab, ms, what, run) {
    const due = { tab, at: this.now + ms, what, run };
    this.due.push(due);
    return () => { this.due = this.due.filter((other) => other !== due); };
  }

  /** The tab is gone: what it held is free a little later. @param {SimulatedTab} tab */
  kill(tab) {
    tab.alive = false;
    this.#ears = this.#ears.filter((ear) => ear.tab !== tab);
    this.#waiting = this.#waiting.filter((waiting) => waiting.tab !== tab);
    for (const [name, holder] of [...this.#locks]) if (holder?.tab === tab) this.#free(name);
  }

  /** @param {string} name */
  #free(name) {
    this.#locks.delete(name);
    const next = this.#waiting.find((waiting) => waiting.name === name);
    if (!next) return;
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    this.#locks.set(name, { tab: next.tab });
    this.after(next.tab, this.below(20), 'lock', next.grant);
  }

  /** @param {SimulatedTab} tab @returns {Environment} */
  environment(tab) {
    /** @param {string} name */
    const release = (name) => () => { if (this.#locks.get(name)?.tab === tab) this.#free(name); };
    return {
      // A second collection of blobs is left out: a store that is open collects for ever, and a schedule ends when nothing is due.
      clock: { now: () => this.now, after: (ms, call) => (ms === 600_000 ? () => undefined : this.after(tab, ms, 'timer', call)) },
      locks: {
        tryHold: (name) => new Promise((resolve) => {
          const free = !this.#locks.has(name);
          if (free) this.#locks.set(name, { tab });
          this.after(tab, 0, 'lock', () => resolve(free ? release(name) : undefined));
        }),
        hold: (name, cancelled) => new Promise((resolve) => {
          const holder = this.#locks.get(name)?.tab;
          if (holder?.cached) this.kill(holder);
          if (!this.#locks.has(name)) {
            this.#locks.set(name, { tab });
            this.after(tab, 0, 'lock', () => resolve(release(name)));
            return;
          }
          const waiting = { name, tab, grant: () => resolve(release(name)) };
          this.#waiting.push(waiting);
          cancelled.addEventListener('abort', () => { this.#waiting = this.#waiting.filter((other) => other !== waiting); });
        }),
        locked: (_name, step) => step(),
        held: () => new Promise((resolve) => {
          for (const holder of [...this.#locks.values()]) if (holder?.tab.cached) this.kill(holder.tab);
          this.after(tab, 0, 'locks', () => resolve([...this.#locks.keys()]));
        }),
      },
      blobFiles: () => new MemoryBlobs(),
      whenOnline: () => () => undefined,
      channel: (name, hear) => {
        const ear = { name, tab, hear, last: 0 };
        this.#ears.push(ear);
        return {
          post: (data) => {
            for (const other of this.#ears) if (other !== ear && other.name === name) this.#carry(other, structuredClone(data));
          },
          close: () => { this.#ears = this.#ears.filter((other) => other !== ear); },
        };
      },
    };
  }

  /** @param {{ name: string; tab: SimulatedTab; hear: (data: unknown) => void; last: number }} ear @param {unknown} data */
  #carry(ear, data) {
    const deliver = () => { if (this.#ears.includes(ear)) ear.hear(data); };
    if (this.drops(data)) return;
    if (!this.lossy) {
      // In order: never before what was said earlier.
      ear.last = Math.max(ear.last + 0.001, this.now + this.below(3));
      this.due.push({ tab: ear.tab, at: ear.last, what: 'message', run: deliver });
      return;
    }
    const copies = this.random() < 0.1 ? 0 : this.random() < 0.1 ? 2 : 1;
    for (let i = 0; i < copies; i++) this.after(ear.tab, this.below(300), 'message', deliver);
  }
}
