// @ts-check
/** The package in the bundlers that most applications use; the others are in bundlers/matrix.mjs, for `scripts/matrix`. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { APPLICATIONS } from './bundlers/applications.mjs';
import { buildApplication, makeApplication } from './bundlers/driver.mjs';
import { besidePacked, describeApplications } from './bundlers/suite.mjs';
import { installPacked } from './support/packed.mjs';

const here = Object.entries(APPLICATIONS).filter(([, { packages }]) => Object.keys(packages).length === 0);
describeApplications(Object.fromEntries(here), { place: besidePacked, timeout: 60_000 });

test('the guide names what each of them has to set', () => {
  const guide = readFileSync(new URL('../../docs/guide/bundlers.md', import.meta.url), 'utf8');
  for (const [name, { needs = '' }] of Object.entries(APPLICATIONS)) {
    for (const [setting] of needs.matchAll(/`[^`]+`/g)) assert.ok(guide.includes(setting), `${name}: ${setting}`);
  }
});

describe('an application that imports only MillraceError, and types', () => {
  /** @type {string} */
  let packed;
  before(() => { packed = installPacked(); });
  after(() => rmSync(packed, { recursive: true, force: true }));

  for (const name of ['Vite 8', 'webpack 5', 'Rollup', 'esbuild']) {
    test(`gets no Worker and no wasm from ${name}`, { timeout: 60_000 }, async () => {
      const application = /** @type {import('./bundlers/applications.mjs').Application} */ (APPLICATIONS[name]);
      const folder = besidePacked(packed, name.replace(' ', ''));
      const build = application.build.split(' && ')[0] ?? '';
      await makeApplication(folder, { ...application, build }, packed);
      writeFileSync(join(folder, 'main.js'), "import { MillraceError } from 'millrace';\nconsole.log(new Error() instanceof MillraceError);\n");
      await buildApplication(folder, { ...application, build });
      const made = readdirSync(join(folder, 'dist'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
      const bytes = made.filter((entry) => entry.name.endsWith('.js')).reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
      assert.deepEqual(made.filter((entry) => /worker|wasm/.test(entry.name)).map((entry) => entry.name), []);
      assert.ok(bytes > 0 && bytes < 3_000, `${bytes} bytes`);
    });
  }
});
