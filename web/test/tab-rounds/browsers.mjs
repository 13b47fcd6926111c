// @ts-check
/** The browsers in which tabs play their rounds, and how their leaders go there. */
import { fileURLToPath } from 'node:url';
import { launchChromium } from '../support/chromium.mjs';
import { launchFirefox } from '../support/firefox.mjs';
import { serve } from '../support/server.mjs';
import { FOLDERS } from '../support/stage.mjs';
import { endpoints, playRounds } from './rounds.mjs';

/** @import { Outcome } from './rounds.mjs' */

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

export const BROWSERS = { chromium: launchChromium, firefox: launchFirefox };

/** A browser, and the server for its tabs. @param {keyof typeof BROWSERS} name */
export async function startRounds(name) {
  const browser = await BROWSERS[name]();
  const server = await serve({ ...FOLDERS, kills: here('../kills'), 'tab-rounds': here('.') }, { endpoints });
  return {
    /** @param {{ storage: 'opfs' | 'indexeddb'; rounds: number; seed: number }} play @returns {Promise<Outcome>} */
    play: (play) => playRounds({ browser, url: server.url, ...play }),
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
