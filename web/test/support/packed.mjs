// @ts-check
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = fileURLToPath(new URL('../..', import.meta.url));

/** Makes a folder of an application, with what `npm pack` makes installed in it. The caller removes it. */
export function installPacked() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-app-'));
  const npm = (/** @type {string[]} */ args, /** @type {string} */ cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  npm(['pack', '--ignore-scripts', '--pack-destination', folder], web);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  npm(['install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', `./${tarball}`], folder);
  return folder;
}
