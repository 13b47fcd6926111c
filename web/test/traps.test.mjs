// @ts-check
/** A core that traps and a Worker that ends, in headless Chromium: every call settles, and the store opens again. */
import { launchChromium } from './support/chromium.mjs';
import { stage } from './support/stage.mjs';
import { describeSpecs } from './support/suites.mjs';
import * as limits from './specs/limits.js';
import * as traps from './specs/traps.js';

const chromium = stage(launchChromium);

describeSpecs(chromium, { traps }, { storages: ['opfs', 'indexeddb'] });
describeSpecs(chromium, { limits }, { storages: ['opfs', 'memory'], timeout: 60_000 });
