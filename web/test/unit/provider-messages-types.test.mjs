// @ts-check
/** What `toProviderMessages` gives fits the types of the SDKs: see provider-types/sdks.ts. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

test('the SDKs of OpenAI, Anthropic and the AI SDK take it without a cast', { timeout: 60_000 }, () => {
  try {
    execFileSync(here('../../node_modules/.bin/tsc'), ['-p', here('../provider-types')], { encoding: 'utf8' });
  } catch (error) {
    assert.fail(/** @type {{ stdout?: string }} */ (error).stdout || String(error));
  }
});
