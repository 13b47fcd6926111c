// @ts-check
/** Runs the specs in headless Chromium: each on OPFS, in IndexedDB and in memory, those of several phases where something lasts. */
import { launchChromium } from './support/chromium.mjs';
import { stage } from './support/stage.mjs';
import { describeInterruptions, describeSpecs, reloaded } from './support/suites.mjs';
import * as opfs from './specs/opfs.js';
import * as rates from './specs/rates.js';
import * as specs from './specs/index.js';

const chromium = stage(launchChromium);
const openPage = async () => (await chromium.browser.open(chromium.server.url)).page;

describeSpecs(chromium, { ...specs, rates }, { storages: ['opfs', 'indexeddb', 'memory'] });
describeSpecs(chromium, { opfs }, { storages: ['opfs'] });

describeInterruptions(chromium, {
  storages: ['opfs', 'indexeddb'],
  interruptions: {
    reloaded,
    async crashed(page) {
      await chromium.browser.crash(page);
      return openPage();
    },
    async closed(page) {
      await page.close();
      return openPage();
    },
  },
});
