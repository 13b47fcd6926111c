// The files of the repository, for the checks. Run from its root.
import { existsSync, readdirSync } from 'node:fs';

const SKIPPED = new Set(['node_modules', 'dist', 'build']);

/** All files under the folders, as paths with forward slashes. Missing folders have no files. */
export function filesUnder(folders) {
  return folders.filter((folder) => existsSync(folder)).flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesUnder([path]);
      return entry.isFile() ? [path] : [];
    })).sort();
}
