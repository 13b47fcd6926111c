// @ts-check
/** Tests of applications: each is built and shown, and shown by its own servers. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launchChromium } from '../support/chromium.mjs';
import { installPacked } from '../support/packed.mjs';
import { buildApplication, makeApplication, showOutput, showServer } from './driver.mjs';

/** @import { Application } from './applications.mjs' */

/**
 * @param {Readonly<Record<string, Application>>} applications
 * @param {{ place: (packed: string, name: string) => string; timeout: number }} options `place`: the folder of an application
 */
export function describeApplications(applications, { place, timeout }) {
  /** @type {Awaited<ReturnType<typeof launchChromium>>} */
  let browser;
  /** @type {string} */
  let packed;
  before(async () => {
    packed = installPacked();
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    rmSync(packed, { recursive: true, force: true });
  });
  for (const [name, application] of Object.entries(applications)) {
    const folder = () => place(packed, name.toLowerCase().replaceAll(' ', '-'));
    describe(name, () => {
      before(() => makeApplication(folder(), application, packed), { timeout });
      const servers = Object.keys(application.servers ?? {});
      if (servers.includes('dev')) test('dev', { timeout }, () => showServer(folder(), application, 'dev', browser.context));
      test('build', { timeout }, async () => {
        await buildApplication(folder(), application);
        if (application.output) await showOutput(folder(), application, browser.context);
        else await showServer(folder(), application, 'build', browser.context);
      });
    });
  }
}

/** Inside the folder of the packed package, which goes with it. @param {string} packed @param {string} name */
export const besidePacked = (packed, name) => join(packed, 'applications', name);
