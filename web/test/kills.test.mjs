// @ts-check
/** A few rounds of each kind of kill, by the code of scripts/soak, which plays many. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BROWSERS, startKilling } from './kills/browsers.mjs';
import { KINDS } from './kills/rounds.mjs';

const ROUNDS = { chromium: 3, firefox: 2 };

for (const name of /** @type {(keyof typeof BROWSERS)[]} */ (Object.keys(BROWSERS))) {
  describe(`killed in ${name}`, () => {
    /** @type {Awaited<ReturnType<typeof startKilling>>} */
    let killing;
    before(async () => { killing = await startKilling(name); });
    after(() => killing?.close());
    for (const storage of BROWSERS[name].storages) {
      for (const kind of Object.keys(KINDS)) {
        test(`S3_S4_${kind.replaceAll(' ', '_')}_on_${storage}`, { timeout: 120_000 }, async (context) => {
          const seed = Date.now() % 1_000_000;
          context.diagnostic(`seed ${seed}`);
          const { problems, acknowledged, rounds, deleted } = await killing.play({ kind, storage, rounds: ROUNDS[name], seed });
          if (deleted > 0) context.diagnostic(`the browser deleted its database ${deleted} times`);
          assert.deepEqual(problems, []);
          assert.equal(rounds, ROUNDS[name]);
          assert.ok(acknowledged > rounds, 'the page told what was acknowledged');
        });
      }
    }
  });
}
