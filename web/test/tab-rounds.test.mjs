// @ts-check
/** A few rounds of tabs whose leader goes, by the code of scripts/soak, which plays many. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSERS, startRounds } from './tab-rounds/browsers.mjs';
import { ENDS } from './tab-rounds/rounds.mjs';

for (const name of /** @type {(keyof typeof BROWSERS)[]} */ (Object.keys(BROWSERS))) {
  describe(`the leader goes in ${name}`, () => {
    /** @type {Awaited<ReturnType<typeof startRounds>>} */
    let tabs;
    before(async () => { tabs = await startRounds(name); });
    after(() => tabs?.close());
    for (const storage of /** @type {const} */ (['opfs', 'indexeddb'])) {
      test(`M2_ nothing is lost or doubled on ${storage}`, { timeout: 120_000 }, async (context) => {
        const seed = Date.now() % 1_000_000;
        const rounds = Object.keys(ENDS).length;
        const { problems, deathMs, ...outcome } = await tabs.play({ storage, rounds, seed });
        context.diagnostic(`seed ${seed}; take-overs in ${deathMs.join(', ')} ms`);
        assert.deepEqual(problems, []);
        assert.equal(outcome.rounds, rounds);
      });
    }
  });
}
