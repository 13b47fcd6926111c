// @ts-check
/** Runs the specs in headless Firefox: each on OPFS, in IndexedDB and in memory, those of several phases with the page reloaded. */
import { describe } from 'node:test';
import { launchFirefox } from './support/firefox.mjs';
import { stage } from './support/stage.mjs';
import { describeInterruptions, describeSpecs, reloaded, testFallBack } from './support/suites.mjs';
import * as auto from './specs/auto.js';
import * as indexeddb from './specs/indexeddb.js';
import * as opfs from './specs/opfs.js';
import * as rates from './specs/rates.js';
import * as specs from './specs/index.js';

const firefox = stage(launchFirefox);

describeSpecs(firefox, { ...specs, rates }, { storages: ['opfs', 'indexeddb', 'memory'] });
describeSpecs(firefox, { opfs }, { storages: ['opfs'] });
describeSpecs(firefox, { indexeddb, auto }, { storages: ['indexeddb'] });

describeInterruptions(firefox, { storages: ['opfs', 'indexeddb'], interruptions: { reloaded } });

describe('private windows', () => {
  testFallBack(stage(() => launchFirefox({ inPrivate: true })), 'a private window');
});
