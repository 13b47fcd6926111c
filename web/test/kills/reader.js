// @ts-check
/** The page that comes after: it says what it finds. */

/** @import { Message, Store } from '../../dist/index.js' */

/**
 * @typedef {object} Found
 * @property {Store['recovered']} recovered
 * @property {string} integrity what the sqlite3 program says of an export
 * @property {string} title of the session asked for
 * @property {number} messageCount
 * @property {readonly Message[]} messages of that session
 * @property {Readonly<Record<string, string>>} digests of all sessions, by id
 */

/** @param {Store} store @param {string} asked a session @returns {Promise<Found>} */
export async function readBack(store, asked) {
  const sessions = await store.sessions.list();
  /** @type {Record<string, string>} */
  const digests = {};
  for (const session of sessions) digests[session.id] = await digest([session, await store.messages.list(session.id)]);
  const session = sessions.find(({ id }) => id === asked);
  return {
    recovered: store.recovered,
    integrity: await checkIntegrity(await store.export()),
    title: session?.title ?? '',
    messageCount: session?.messageCount ?? 0,
    messages: session ? await store.messages.list(asked) : [],
    digests,
  };
}

/** @param {unknown} value */
async function digest(value) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify(value))));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Blob} file */
async function checkIntegrity(file) {
  const response = await fetch(`/provider/sqlite3?sql=${encodeURIComponent('PRAGMA integrity_check')}`, { method: 'POST', body: file });
  return response.text();
}
