// @ts-check
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** @import { BrowserContext, Page } from 'playwright-core' */

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** MILLRACE_CHROMIUM, or the first one on the PATH. */
function findChromium() {
  if (process.env['MILLRACE_CHROMIUM']) return process.env['MILLRACE_CHROMIUM'];
  for (const name of NAMES) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // The next one.
    }
  }
  throw new Error(`No Chromium: install one, or set MILLRACE_CHROMIUM to its path (looked for ${NAMES.join(', ')} on the PATH)`);
}

/**
 * Chromium with a profile on disk, removed by `close`. In the default context OPFS is kept in memory
 * and nothing survives a relaunch.
 */
export async function launchChromium() {
  const profile = mkdtempSync(join(tmpdir(), 'millrace-profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    headless: true,
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync',
    ],
  });
  return {
    context,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
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

/** Kills the page's process, as a crash does. @param {Page} page */
export async function crash(page) {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // Never answered: who would is dead.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
}
