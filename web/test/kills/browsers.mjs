// @ts-check
/** All kinds of rounds in one browser. */
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../support/chromium.mjs';
import { launchFirefox } from '../support/firefox.mjs';
import { serve } from '../support/server.mjs';
import { FOLDERS } from '../support/stage.mjs';
import { Ledger } from './ledger.mjs';
import { playRounds } from './rounds.mjs';

/** @import { Outcome } from './rounds.mjs' */

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
  const server = await serve({ ...FOLDERS, kills: fileURLToPath(new URL('.', import.meta.url)) }, { endpoints: ledger.endpoints });
  return {
    /** @param {{ kind: string; storage: 'opfs' | 'indexeddb'; rounds: number; seed: number }} play @returns {Promise<Outcome>} */
    play: (play) => playRounds({ browser, url: server.url, ledger, ...play }),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
