// @ts-check
/** Firefox, over WebDriver BiDi. */
import { readFileSync, readdirSync } from 'node:fs';
import puppeteer from 'puppeteer-core';
import { findProgram } from './find-program.mjs';
import { makeProfile, removeProfile } from './profile.mjs';

/** @import { Browser } from 'puppeteer-core' */
/** @import { TestPage } from './stage.mjs' */

/** @param {string} profile @param {boolean} inPrivate */
function start(profile, inPrivate) {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: findProgram('Firefox', 'MILLRACE_FIREFOX', ['firefox-esr', 'firefox']),
    headless: true,
    userDataDir: profile,
    env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1' },
    // No processes of content in reserve: Firefox ends when too many of those are killed.
    extraPrefsFirefox: { 'dom.ipc.processPrelaunch.enabled': false, 'browser.privatebrowsing.autostart': inPrivate },
  });
}

/** Firefox with a profile on disk, removed by `close`. `inPrivate`: all its windows are private. */
export async function launchFirefox({ inPrivate = false } = {}) {
  const profile = makeProfile();
  let browser = await start(profile, inPrivate);
  /** Those that came with a page. @type {WeakMap<TestPage, number[]>} */
  const processes = new WeakMap();
  return {
    /** A page that remembers what went wrong in it: uncaught errors. @param {string} url */
    async open(url) {
      const before = contentProcesses(browser);
      const page = await browser.newPage();
      /** @type {string[]} */
      const troubles = [];
      page.on('pageerror', (error) => troubles.push(`uncaught: ${error}`));
      await page.goto(url);
      const opened = /** @type {TestPage} */ (/** @type {unknown} */ (page));
      processes.set(opened, contentProcesses(browser).filter((pid) => !before.includes(pid)));
      return { page: opened, troubles };
    },

    /** Kills the page's process; gives the time at which it did. @param {TestPage} page */
    async crash(page) {
      const own = processes.get(page) ?? [];
      if (own.length === 0) throw new Error('Firefox gave the page no process of its own');
      for (const pid of own) process.kill(pid, 'SIGKILL');
      const at = Date.now();
      await page.close();
      return at;
    },

    /** Kills the browser, and gives the time at which it did; `relaunch` starts it again. */
    async kill() {
      const closed = new Promise((resolve) => browser.once('disconnected', () => resolve(undefined)));
      browser.process()?.kill('SIGKILL');
      const at = Date.now();
      await closed;
      return at;
    },

    async relaunch() { browser = await start(profile, inPrivate); },

    async close() {
      await browser.close();
      removeProfile(profile);
    },
  };
}

/** The processes that pages are in, found among all that descend from the browser's. @param {Browser} browser */
function contentProcesses(browser) {
  const all = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).flatMap((pid) => {
    try {
      // "pid (name) state parent …"
      const [, name, parent] = /\((.*)\) \S+ (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      return [{ pid: Number(pid), name, parent: Number(parent) }];
    } catch {
      return []; // ended meanwhile
    }
  });
  const family = new Set([browser.process()?.pid]);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  return all.filter(({ pid, name }) => family.has(pid) && name === 'Web Content').map(({ pid }) => pid);
}
