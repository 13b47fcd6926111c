/** A store's content out of it as a file, and a file's content into it. */
import type { Callback, CoreCaller, CoreStore } from '../../core-module.js';
import { ExportFile } from './export-file.js';
import { readFile } from './read-file.js';
import { toWire } from '../wire-error.js';

/** As registered for SQLite files. */
export const SQLITE_TYPE = 'application/vnd.sqlite3';

export function exportFrom(core: CoreStore, done: Callback<Blob>): void {
  const file = new ExportFile();
  core.exportTo(file, (error) => {
    if (error) done(error);
    else done(null, file.toBlob(SQLITE_TYPE));
  });
}

/** 'io' if the file cannot be read: one on the user's disk may be gone or changed by now. */
export function importInto(
  core: CoreStore, file: Blob, done: Callback<{ sessions: number; messages: number }>, caller: CoreCaller | undefined,
): void {
  readFile(file).then(
    (content) => core.importFrom(content, done, caller),
    (error: unknown) => done({ code: 'io', message: `The file to import could not be read: ${String(error)}` }),
  ).catch((error: unknown) => done(toWire(error)));
}
