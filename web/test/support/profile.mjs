// @ts-check
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A profile on disk for a browser: in memory nothing would survive a relaunch, and OPFS of Chromium would be slow. */
export function makeProfile() {
  return mkdtempSync(join(tmpdir(), 'millrace-profile-'));
}

/** @param {string} profile */
export function removeProfile(profile) {
  // What the browser started may be writing still.
  rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
