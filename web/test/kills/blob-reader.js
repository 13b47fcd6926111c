// @ts-check
/** The page that comes after: it says what it finds of blobs, at once and after hours. */
import { passHours } from '../support/page/hours.js';
import { sha256 } from './blob-content.js';

/** @import { Store } from '../../dist/index.js' */

/**
 * @typedef {object} Found
 * @property {Readonly<Record<string, readonly string[]>>} named by the messages, by their ids
 * @property {readonly string[]} known blobs that the database has, as the sqlite3 program finds them in an export
 * @property {Readonly<Record<string, { hash: string; size: number } | undefined>>} hashes of the content of those
 * @property {{ count: number; bytes: number }} usage
 */

/** `places`: the names under which content lies. @typedef {Found & { places: readonly string[] }} Left */

/** Two would do: a blob without a name is noticed, and after the hour it goes. But a dead Worker may have files open for a while. */
const MOST_TIMES = 8;

/** @param {Store} store @returns {Promise<Found>} */
export async function readBack(store) {
  const named = await namesOfMessages(store);
  const known = await knownBlobs(store);
  /** @type {Record<string, { hash: string; size: number } | undefined>} */
  const hashes = {};
  for (const id of known) hashes[id] = await hashOf(store, id);
  return { named, known, hashes, usage: await store.blobs.usage() };
}

/**
 * Lets hours pass until only what is named is there, or should be.
 * @param {Store} store @param {{ name: string; storage: string }} place @returns {Promise<Left>}
 */
export async function collect(store, place) {
  const named = new Set(Object.values(await namesOfMessages(store)).flat());
  for (let times = 1; ; times++) {
    const { through } = await passHours(2);
    await through;
    const places = await placesOf(place);
    const tidy = places.length === named.size && places.every((id) => named.has(id));
    if (tidy || times === MOST_TIMES) return { ...await readBack(store), places };
  }
}

/** @param {Store} store */
async function namesOfMessages(store) {
  /** @type {Record<string, string[]>} */
  const named = {};
  for (const { id } of await store.sessions.list()) {
    for (const message of await store.messages.list(id)) {
      named[message.id] = message.parts.flatMap((part) => (part.type === 'file' && part.blob !== undefined ? [part.blob] : []));
    }
  }
  return named;
}

/** @param {Store} store */
async function knownBlobs(store) {
  const response = await fetch(`/provider/sqlite3?sql=${encodeURIComponent('SELECT id FROM blobs')}`, { method: 'POST', body: await store.export() });
  const said = await response.text();
  if (!response.ok) throw new Error(said);
  return said.split('\n').filter((id) => id !== '');
}

/** @param {Store} store @param {string} id */
async function hashOf(store, id) {
  const blob = await store.blobs.get(id);
  return blob && { hash: await sha256(await blob.arrayBuffer()), size: blob.size };
}

/** @param {{ name: string; storage: string }} place @returns {Promise<string[]>} */
async function placesOf({ name, storage }) {
  return storage === 'opfs' ? filesOf(name) : keysOf(name);
}

/** @param {string} name */
async function filesOf(name) {
  const root = await navigator.storage.getDirectory();
  const folder = await (await root.getDirectoryHandle('millrace')).getDirectoryHandle(`${name}.blobs`);
  /** @type {string[]} */
  const names = [];
  for await (const file of /** @type {AsyncIterable<string>} */ (/** @type {any} */ (folder).keys())) names.push(file);
  return names;
}

/** @param {string} name @returns {Promise<string[]>} */
function keysOf(name) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(`millrace-blobs:${name}`);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const keys = opening.result.transaction('blobs').objectStore('blobs').getAllKeys();
      keys.onerror = () => reject(keys.error);
      keys.onsuccess = () => {
        opening.result.close();
        resolve(keys.result.map(String));
      };
    };
  });
}
