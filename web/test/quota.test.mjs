// @ts-check
/** S5 in Chromium: there is no more room in the middle of a stream, and then there is again. */
import { test } from 'node:test';
import { launchChromium, openPage } from './support/chromium.mjs';
import { serve } from './support/server.mjs';
import { FOLDERS, stage } from './support/stage.mjs';
import { runSpec } from './support/suites.mjs';
import * as quota from './specs/quota.js';

const chromium = stage(launchChromium);

/**
 * Bytes that the origin may keep. On OPFS they are forced down, below what there is already. With IndexedDB Chromium asks
 * once, and for half a minute counts by itself: the stream has to run into a limit that was there from the start.
 */
const QUOTAS = /** @type {const} */ ({
  opfs: { before: undefined, during: 1 },
  indexeddb: { before: 2_000_000, during: 2_000_000 },
});

for (const storage of /** @type {const} */ (['opfs', 'indexeddb'])) {
  for (const spec of Object.keys(quota)) {
    test(`${spec}, on ${storage}`, { timeout: 60_000 }, async () => {
      const own = await serve(FOLDERS); // an origin that nothing is known of
      const { page } = await openPage(chromium.browser.context, own.url);
      const session = await chromium.browser.context.newCDPSession(page);
      const allow = (/** @type {number | undefined} */ quotaSize) =>
        session.send('Storage.overrideQuotaForOrigin', { origin: new URL(own.url).origin, ...(quotaSize && { quotaSize }) });
      const phase = (/** @type {number} */ n) => runSpec(page, 'quota', spec, { name: spec, storage, phase: n, keepOpen: true });
      const { before, during } = QUOTAS[storage];
      await allow(before);
      await phase(0);
      await allow(during);
      await phase(1);
      await allow(undefined);
      await phase(2);
      await page.close();
      await own.close();
    });
  }
}
