// @ts-check
import { execFileSync } from 'node:child_process';

/**
 * The path in an environment variable, or of the first of the names that is on the PATH.
 * @param {string} what @param {string} variable @param {readonly string[]} names
 */
export function findProgram(what, variable, names) {
  const asked = process.env[variable];
  if (asked) return asked;
  for (const name of names) {
    try {
      return execFileSync('which', [name], { encoding: 'utf8' }).trim();
    } catch {
      // The next one.
    }
  }
  throw new Error(`No ${what}: install one, or set ${variable} to its path (looked for ${names.join(', ')} on the PATH)`);
}
