// @ts-check
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findProgram } from './find-program.mjs';
import { makeProfile, removeProfile } from './profile.mjs';

/** @import { BrowserContext, Page } from 'playwright-core' */
/** @import { TestPage } from './stage.mjs' */

/** @param {string} profile @param {{ scrollbars: boolean; pageCache: boolean }} options */
function start(profile, { scrollbars, pageCache }) {
  return chromium.launchPersistentContext(profile, {
    executablePath: findProgram('Chromium', 'MILLRACE_CHROMIUM', ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']),
    headless: true,
    ignoreDefaultArgs: [...(scrollbars ? ['--hide-scrollbars'] : []), ...(pageCache ? ['--disable-back-forward-cache'] : [])],
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
}

/**
 * Chromium with a profile on disk, removed by `close`. `scrollbars`: they show, and take room. `pageCache`: pages that one leaves
 * are kept, to be shown again by "Back".
 */
export async function launchChromium({ scrollbars = false, pageCache = false } = {}) {
  const profile = makeProfile();
  let context = await start(profile, { scrollbars, pageCache });
  return {
    get context() { return context; },
    profile,

    /** @param {string} url */
    async open(url) {
      const { page, troubles } = await openPage(context, url);
      return { page: /** @type {TestPage} */ (page), troubles };
    },

    /** @param {TestPage} page */
    crash: (page) => crash(/** @type {Page} */ (page)),

    /** Kills the browser, and gives the time at which it did; `relaunch` starts it again. */
    async kill() {
      const closed = new Promise((resolve) => context.once('close', () => resolve(undefined)));
      // The lock of a profile names its browser: a link to "host-pid".
      process.kill(Number(readlinkSync(join(profile, 'SingletonLock')).split('-').at(-1)), 'SIGKILL');
      const at = Date.now();
      await closed;
      return at;
    },

    async relaunch() { context = await start(profile, { scrollbars, pageCache }); },

    async close() {
      await context.close();
      removeProfile(profile);
    },
  };
}

/**
 * A page that remembers what went wrong in it: uncaught errors and violations of the content security policy.
 * @param {BrowserContext} context
 * @param {string} url
 */
export async function openPage(context, url) {
  const page = await context.newPage();
  /** @type {string[]} */
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(`uncaught: ${error.message}`));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) troubles.push(message.text());
  });
  await page.goto(url);
  return { page, troubles };
}

/** Kills the page's process, as a crash does; gives the time at which it was told to. @param {Page} page */
async function crash(page) {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  const at = Date.now();
  // Never answered: who would is dead.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
  return at;
}
