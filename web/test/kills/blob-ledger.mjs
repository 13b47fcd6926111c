// @ts-check
/** What the server was told of blobs and of the messages that name them, by pages that are gone; and whether what is found agrees. */
import { json } from 'node:stream/consumers';
import { contentOf, sha256 } from './blob-content.js';

/** @import { Endpoint } from '../support/provider.mjs' */
/** @import { Recipe } from './blob-content.js' */
/** @import { Found, Left } from './blob-reader.js' */

/**
 * What a page tells.
 * @typedef {object} BlobFact
 * @property {string} [put] the id of a blob: its promise resolved
 * @property {Recipe} [recipe] of that blob
 * @property {string} [message] the id of a message that is saved
 * @property {readonly string[]} [names] the blobs that it names
 * @property {'asked' | 'done'} [deleted] of that message; asked: from here on it may be gone
 * @property {true} [hours] they are about to pass: from here on a blob without a name may be gone
 * @property {string} [failed] why the writing ended before its time
 */

/** @typedef {{ session: string; names: Set<string>; deleted: 'asked' | 'done' | undefined }} Named */

/** All rounds of one store. */
export class BlobLedger {
  /** @type {Map<string, Named>} */
  messages = new Map();
  /** Blobs that are there though nobody may name them: their hour has not passed. @type {Set<string>} */
  fresh = new Set();
  /** @type {Map<string, Recipe>} */
  recipes = new Map();
  acknowledged = 0;
  /** Why and when the writing ended by itself. @type {{ why: string; at: number } | undefined} */
  failed;

  /** @param {string} session @param {BlobFact} fact */
  note(session, { put, recipe, message, names = [], deleted, hours, failed }) {
    if (failed) this.failed = { why: failed, at: Date.now() };
    if (hours) this.fresh.clear();
    if (put !== undefined && recipe) {
      this.fresh.add(put);
      this.recipes.set(put, recipe);
    }
    if ((put !== undefined || message !== undefined) && deleted !== 'asked') this.acknowledged++;
    if (message === undefined) return;
    const record = this.messages.get(message) ?? { session, names: new Set(), deleted: undefined };
    this.messages.set(message, record);
    for (const name of names) record.names.add(name);
    if (deleted) record.deleted = deleted;
  }

  /** The messages of the session are going to be deleted with it. @param {string | undefined} session */
  forget(session) {
    for (const record of this.messages.values()) if (record.session === session) record.deleted ??= 'asked';
  }

  /** There is another store, or the browser has deleted this one. */
  clear() {
    this.messages.clear();
    this.fresh.clear();
    this.recipes.clear();
    this.failed = undefined;
  }

  /** @type {Readonly<Record<string, Endpoint>>} */
  endpoints = {
    'tell-blobs': async (response, url, request) => {
      // What a dying page leaves half sent was not received.
      const facts = /** @type {BlobFact[]} */ (await json(request).catch(() => []));
      for (const fact of facts) this.note(url.searchParams.get('session') ?? '', fact);
      response.end();
    },
  };
}

/** What is wrong after a kill, before anything was collected. @param {BlobLedger} ledger @param {Found} found @returns {Promise<string[]>} */
export async function verifyBlobs(ledger, found) {
  const problems = [...ofMessages(ledger, found), ...ofContents(found)];
  for (const id of ledger.fresh) {
    if (!found.known.includes(id)) problems.push(`the blob ${id} was put, and is not there`);
  }
  for (const [id, recipe] of ledger.recipes) {
    if (await sha256(contentOf(recipe)) !== id) problems.push(`the blob ${id} was put under a wrong name`);
  }
  ledger.recipes.clear();
  return problems;
}

/** @param {BlobLedger} ledger @param {Found} found @returns {Generator<string, void>} */
function* ofMessages(ledger, found) {
  for (const [id, { names, deleted }] of ledger.messages) {
    const named = found.named[id];
    if (deleted === 'done' && named) yield `the message ${id} is there again after its deletion`;
    if (deleted) continue;
    if (!named) yield `the message ${id} was saved, and is not there`;
    for (const name of names) if (named && !named.includes(name)) yield `the message ${id} does not name ${name}`;
  }
  for (const [id, names] of Object.entries(found.named)) {
    for (const name of names) if (!found.known.includes(name)) yield `the message ${id} names ${name}, which is missing`;
  }
}

/** What the store knows is there, whole. @param {Pick<Found, 'known' | 'hashes' | 'usage'>} found @returns {Generator<string, void>} */
function* ofContents({ known, hashes, usage }) {
  if (usage.count !== known.length) yield `the usage says ${usage.count} blobs, ${known.length} are known`;
  let bytes = 0;
  for (const id of known) {
    const content = hashes[id];
    if (!content) yield `the blob ${id} is known, and has no content`;
    else if (content.hash !== id) yield `the blob ${id} has other content, ${content.hash} of ${content.size} bytes`;
    bytes += content?.size ?? 0;
  }
  if (usage.bytes !== bytes) yield `the usage says ${usage.bytes} bytes, there are ${bytes}`;
}

/** What is wrong after the hour and a collection. @param {Left} left @returns {string[]} */
export function verifyLeft(left) {
  const problems = [...ofContents(left)];
  const named = new Set(Object.values(left.named).flat());
  for (const id of left.known) if (!named.has(id)) problems.push(`the blob ${id} is kept, and nobody names it`);
  for (const id of named) if (!left.known.includes(id)) problems.push(`the blob ${id} is named, and was collected`);
  for (const name of left.places) if (!left.known.includes(name)) problems.push(`${name} is left over`);
  return problems;
}
