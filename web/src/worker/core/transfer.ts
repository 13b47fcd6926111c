/** A store's content out of it as a file, and a file's content into it. */
import type { Callback, CoreCaller, CoreStore, SavedFile } from '../../core-module.js';
import { ExportFile } from './export-file.js';
import { toWire } from '../wire-error.js';

/** As registered for SQLite files. */
const TYPE = 'application/vnd.sqlite3';

export function exportFrom(core: CoreStore, done: Callback<Blob>): void {
  const file = new ExportFile();
  core.exportTo(file, (error) => {
    if (error) done(error);
    else done(null, file.toBlob(TYPE));
  });
}

/** 'io' if the file cannot be read: one on the user's disk may be gone or changed by now. */
export function importInto(
  core: CoreStore, file: Blob, done: Callback<{ sessions: number; messages: number }>, caller: CoreCaller | undefined,
): void {
  file.arrayBuffer().then(
    (content) => core.importFrom(fileOf(new Uint8Array(content)), done, caller),
    (error: unknown) => done({ code: 'io', message: `The file to import could not be read: ${String(error)}` }),
  ).catch((error: unknown) => done(toWire(error)));
}

function fileOf(content: Uint8Array): SavedFile {
  return {
    getSize: () => content.length,
    read(into, { at }) {
      const piece = content.subarray(at, at + into.length);
      into.set(piece);
      return piece.length;
    },
  };
}
