// @ts-check

/**
 * The files of a store as they lie in OPFS, by the ends of their names, base64.
 * @param {string} name
 */
export async function readStoreFiles(name) {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle('millrace');
  /** @type {Record<string, string>} */
  const files = {};
  for (const suffix of ['.sqlite3', '.sqlite3-wal', '.sqlite3-journal']) {
    const file = await (await folder.getFileHandle(name + suffix)).getFile();
    const bytes = new Uint8Array(await file.arrayBuffer());
    files[suffix] = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }
  return files;
}
