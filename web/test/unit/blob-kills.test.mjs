// @ts-check
/** The judge of the kills of pages with blobs: what is right passes, and whatever is wrong is seen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentOf, sha256 } from '../kills/blob-content.js';
import { BlobLedger, verifyBlobs, verifyLeft } from '../kills/blob-ledger.mjs';

const RECIPES = [1, 2, 3].map((seed) => ({ seed, size: 1000 + seed }));
const IDS = await Promise.all(RECIPES.map((recipe) => sha256(contentOf(recipe))));
const [named = '', lonely = '', old = ''] = IDS;

/** `named` is named, `lonely` was just put, the hour of `old` may have passed. */
function told() {
  const ledger = new BlobLedger();
  const tell = (/** @type {import('../kills/blob-ledger.mjs').BlobFact} */ fact) => ledger.note('session', fact);
  const put = (/** @type {number} */ n) => tell({ put: IDS[n] ?? '', recipe: RECIPES[n] ?? { seed: 0, size: 0 } });
  put(0);
  put(2);
  tell({ message: 'kept', names: [named] });
  tell({ hours: true });
  put(1);
  for (const deleted of /** @type {const} */ (['asked', 'done'])) tell({ message: 'deleted', names: [old], deleted });
  return ledger;
}

/** Loose, to be spoilt. @param {readonly string[]} known @returns {any} */
function foundWith(known) {
  const contents = known.map((id) => [id, { hash: id, size: RECIPES[IDS.indexOf(id)]?.size ?? 0 }]);
  const bytes = contents.reduce((sum, [, content]) => sum + /** @type {{ size: number }} */ (content).size, 0);
  return { known, places: [...known], named: { kept: [named] }, hashes: Object.fromEntries(contents), usage: { count: known.length, bytes } };
}

/** @type {Readonly<Record<string, (found: any) => void>>} */
const SPOILT = {
  'a known blob without content': (found) => { delete found.hashes[named]; },
  'half a blob': (found) => { found.hashes[lonely] = { hash: 'else', size: 5 }; },
  'a usage that counts wrongly': (found) => { found.usage.count++; },
  'a usage of other bytes': (found) => { found.usage.bytes++; },
  'a message that names a missing blob': (found) => { found.named.other = ['missing']; },
  'a saved message that is gone': (found) => { delete found.named.kept; },
  'a name that is gone': (found) => { found.named.kept = []; },
  'a deleted message that is there again': (found) => { found.named.deleted = [named]; },
};

test('what is as it was acknowledged passes', async () => {
  assert.deepEqual(await verifyBlobs(told(), foundWith([named, lonely])), []);
  assert.deepEqual(await verifyBlobs(told(), foundWith([named, lonely, old])), []);
  assert.deepEqual(verifyLeft(foundWith([named])), []);
});

for (const [what, spoil] of Object.entries(SPOILT)) {
  test(`it sees ${what}`, async () => {
    const found = foundWith([named, lonely]);
    spoil(found);
    assert.notDeepEqual(await verifyBlobs(told(), found), []);
  });
}

test('it sees that a blob is gone before its hour has passed, or has a wrong name', async () => {
  assert.notDeepEqual(await verifyBlobs(told(), foundWith([named])), []);
  const ledger = told();
  ledger.recipes.set(lonely, { seed: 9, size: 9 });
  assert.notDeepEqual(await verifyBlobs(ledger, foundWith([named, lonely])), []);
});

test('it sees what is left over after the hour, and what went though it is named', () => {
  assert.notDeepEqual(verifyLeft(foundWith([named, lonely])), []);
  assert.notDeepEqual(verifyLeft({ ...foundWith([named]), places: [named, 'new-1'] }), []);
  assert.notDeepEqual(verifyLeft(foundWith([])), []);
});
