// @ts-check
/** A few rounds of kills of pages that put, name, unname and collect blobs, by the code of scripts/soak, which plays many. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSERS, startKilling } from './kills/browsers.mjs';

/** Of all that scripts/soak plays, a part that takes seconds: Firefox needs many to start again. @type {Record<keyof typeof BROWSERS, readonly ['opfs' | 'indexeddb', string, number][]>} */
const PLAYS = {
  chromium: [['opfs', 'page crashed', 2], ['opfs', 'worker terminated', 1], ['opfs', 'browser killed', 1], ['indexeddb', 'worker terminated', 1]],
  firefox: [['opfs', 'worker terminated', 1], ['opfs', 'page crashed', 1]],
};

/** @typedef {keyof typeof BROWSERS} Name */

// Side by side: most of it is waiting for a browser that starts or ends.
describe('blobs', { concurrency: true }, () => {
  for (const name of /** @type {Name[]} */ (Object.keys(BROWSERS))) playIn(name);
});

/** @param {Name} name */
function playIn(name) {
  describe(`killed in ${name}`, { concurrency: 1 }, () => {
    /** @type {Awaited<ReturnType<typeof startKilling>>} */
    let killing;
    before(async () => { killing = await startKilling(name); });
    after(() => killing?.close());
    for (const [storage, kind, rounds] of PLAYS[name]) {
      test(`D5_ ${kind} on ${storage}: no half blob, none missing that is named, none left over`, { timeout: 120_000 }, async (context) => {
        const seed = Date.now() % 1_000_000;
        const { problems, acknowledged, blobs, collected, ...outcome } = await killing.playBlobs({ kind, storage, rounds, seed });
        context.diagnostic(`seed ${seed}; ${acknowledged} acknowledgements, ${blobs} blobs, ${collected} of them collected after the hour`);
        assert.deepEqual(problems, []);
        assert.equal(outcome.rounds, rounds);
        assert.ok(acknowledged > rounds, 'the page told what was acknowledged');
      });
    }
  });
}
