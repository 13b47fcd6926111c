// @ts-check
/** What tests of importers need: files and streams of what is to be imported, a store, what is in it afterwards. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openStore } from 'millrace';

/** @import { Store } from 'millrace' */

export const options = { timeout: 60_000 };
const encoder = new TextEncoder();

/** @param {string} text @param {number} size of a chunk */
export function streamOf(text, size) {
  const bytes = encoder.encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

/** @param {unknown} value */
export const fileOf = (value) => new Blob([typeof value === 'string' ? value : JSON.stringify(value)]);

let stores = 0;
/** @param {string} name @param {(store: Store) => Promise<void>} body */
export const withStore = (name, body) => test(name, options, async () => {
  const store = await openStore({ storage: 'memory', name: `import-${stores++}` });
  try {
    await body(store);
  } finally {
    await store.close();
  }
});

/** Everything that is in the store, by session. @param {Store} store */
export async function contentOf(store) {
  const sessions = await store.sessions.list({ archived: 'all' });
  const all = await Promise.all(sessions.map(async (session) => /** @type {const} */ ([session.id, {
    title: session.title, createdAt: session.createdAt, updatedAt: session.updatedAt, headId: session.headId, metadata: session.metadata,
    messages: await store.messages.list(session.id, { all: true }), branches: await store.messages.branches(session.id),
  }])));
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {Promise<unknown>} promise @param {string} code @param {RegExp} message */
export const refused = (promise, code, message) => assert.rejects(promise, (/** @type {any} */ error) => {
  assert.equal(error.code, code, error.stack);
  assert.match(error.message, message);
  return true;
});
