// @ts-check
/** What the tests of a file play on: a server and a browser, started before the first of them and ended after the last. */
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serve } from './server.mjs';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** What the server serves. */
export const FOLDERS = { dist: here('../../dist'), specs: here('../specs'), support: here('.') };

/**
 * A page of any browser.
 * @typedef {object} TestPage
 * @property {<Result, Argument>(work: (argument: Argument) => Result | Promise<Result>, argument: Argument) => Promise<Result>} evaluate in the page
 * @property {() => Promise<unknown>} reload
 * @property {() => Promise<void>} close
 */

/**
 * A browser of any kind. `troubles`: what went wrong in the page by itself.
 * @typedef {object} TestBrowser
 * @property {(url: string) => Promise<{ page: TestPage; troubles: string[] }>} open
 * @property {() => Promise<void>} close
 */

/**
 * What it returns is filled once the tests run.
 * @template {{ close(): Promise<void> }} Browser
 * @param {() => Promise<Browser>} launch
 */
export function stage(launch) {
  const set = /** @type {{ server: Awaited<ReturnType<typeof serve>>; browser: Browser }} */ ({});
  before(async () => {
    set.server = await serve(FOLDERS);
    set.browser = await launch();
  });
  after(async () => {
    await set.browser?.close();
    await set.server?.close();
  });
  return set;
}
