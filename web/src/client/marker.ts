/**
 * The marker of a store, in `localStorage`: browsers that run out of room delete files and IndexedDB, and keep this. It tells a
 * store that was wiped from one that never was. A page without `localStorage` knows nothing.
 */

/** Leaves the storage as the marker, or with '' none. True: it was the marker before. */
export function mark(name: string, storage: string): boolean {
  const key = `millrace:${name}`;
  try {
    const before = localStorage.getItem(key);
    if (storage) localStorage.setItem(key, storage);
    else localStorage.removeItem(key);
    return before === storage;
  } catch {
    return false;
  }
}
