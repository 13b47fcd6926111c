// @ts-check
/** What a spec is given, and how it is called. A spec runs inside a page and knows no browser and no backend. */
import { observersOf } from './observers.js';

/** @import { Observers } from './observers.js' */
/** @import { Message, OpenOptions, Part, Store, StoreEvent } from '../../../dist/index.js' */

/**
 * @typedef {object} SpecContext
 * @property {string} name of a store that nobody else uses
 * @property {'opfs' | 'indexeddb' | 'memory'} storage
 * @property {(options?: OpenOptions) => Promise<Store>} open the store of that name on that storage
 * @property {string} provider where the endpoints of provider.mjs and sqlite3.mjs are
 * @property {typeof import('../../../dist/index.js')} millrace
 * @property {Observers} observe what shows live queries
 */

/** @typedef {(context: SpecContext) => Promise<void>} Spec */

/**
 * Runs one spec, or one phase of it, and closes what it left open.
 * @param {string} module
 * @param {string} spec
 * @param {number} phase
 * @param {{ name: string; storage: 'opfs' | 'indexeddb' | 'memory'; keepOpen: boolean }} options
 */
export async function runSpec(module, spec, phase, { name, storage, keepOpen }) {
  const [millrace, live, specs] = await Promise.all(['/dist/index.js', '/dist/live.js', module].map((from) => import(from)));
  /** @type {Store[]} */
  const stores = [];
  /** @type {SpecContext} */
  const context = {
    name, storage, millrace, provider: new URL('/provider/', location.href).href, observe: observersOf(live),
    async open(options = {}) {
      const store = await millrace.openStore({ name, storage, ...options });
      stores.push(store);
      return store;
    },
  };
  const exported = specs[spec];
  try {
    await (Array.isArray(exported) ? exported[phase] : exported)(context);
  } finally {
    if (!keepOpen) for (const store of stores) await store.close();
  }
}

/** A condition that has not come true by then never will: no test waits that long for one. */
const NEVER_MS = 120_000;

/**
 * Waits until the condition holds. Under Node a wait that went on for ever would outlive the test that failed.
 * @template T
 * @param {() => T | Promise<T>} condition
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(condition) {
  for (const begun = Date.now(); Date.now() - begun < NEVER_MS;) {
    const value = await condition();
    if (value) return value;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  throw new Error(`This never came true: ${condition}`);
}

/** A store with one session and a draft in it. @param {Store} store */
export async function startReply(store) {
  const session = await store.sessions.create({ title: 'Test' });
  const draft = await store.messages.create(session.id, { role: 'assistant', model: 'test-model' });
  return { session, draft };
}

/** Everything a listener hears. @param {Store} store @param {Parameters<Store['subscribe']>[1]} [filter] */
export function listen(store, filter) {
  /** @type {StoreEvent[]} */
  const events = [];
  /** @type {StoreEvent[][]} */
  const batches = [];
  const end = store.subscribe((batch) => {
    batches.push([...batch]);
    events.push(...batch);
  }, filter);
  return { events, batches, end };
}

/** @param {Message | undefined} message */
export function textOf(message) {
  return (message?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** The last finish part. @param {Message | undefined} message */
export function finishOf(message) {
  return /** @type {Extract<Part, { type: 'finish' }> | undefined} */ (message?.parts.findLast(({ type }) => type === 'finish'));
}
