// @ts-check
/** All kinds of rounds in one browser. */
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../support/chromium.mjs';
import { launchFirefox } from '../support/firefox.mjs';
import { serve } from '../support/server.mjs';
import { FOLDERS } from '../support/stage.mjs';
import { BlobLedger } from './blob-ledger.mjs';
import { playBlobRounds } from './blob-rounds.mjs';
import { Ledger } from './ledger.mjs';
import { playRounds } from './rounds.mjs';

/** @import { BlobOutcome } from './blob-rounds.mjs' */
/** @import { Outcome } from './rounds.mjs' */

/** @typedef {{ kind: string; storage: 'opfs' | 'indexeddb'; rounds: number; seed: number }} Play */

/** Each with its storages. */
export const BROWSERS = /** @type {const} */ ({
  chromium: { launch: launchChromium, storages: ['opfs', 'indexeddb'] },
  firefox: { launch: launchFirefox, storages: ['opfs', 'indexeddb'] },
});

/**
 * A browser, and the server with its ledger.
 * @param {keyof typeof BROWSERS} name
 */
export async function startKilling(name) {
  const browser = await BROWSERS[name].launch();
  const ledger = new Ledger();
  const blobs = new BlobLedger();
  const server = await serve({ ...FOLDERS, kills: fileURLToPath(new URL('.', import.meta.url)) }, { endpoints: { ...ledger.endpoints, ...blobs.endpoints } });
  return {
    /** @param {Play} play @returns {Promise<Outcome>} */
    play: (play) => playRounds({ browser, url: server.url, ledger, ...play }),
    /** @param {Play} play @returns {Promise<BlobOutcome>} */
    playBlobs: (play) => playBlobRounds({ browser, url: server.url, ledger: blobs, ...play }),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
