// @ts-check
/** The page's hands on the IndexedDB database of a store. */

/** Keeps everyone else from writing into the database until the answer is called. @param {string} name of the store */
export async function holdTransactions(name) {
  const request = indexedDB.open(`millrace:${name}`);
  await new Promise((resolve) => (request.onsuccess = resolve));
  const database = request.result;
  const blocks = database.transaction('blocks', 'readwrite').objectStore('blocks');
  let held = true;
  // A transaction lives as long as it has something to do.
  const go = () => {
    if (held) blocks.get(0).onsuccess = go;
    else database.close();
  };
  go();
  return () => { held = false; };
}

/** @param {string} name of the store */
export function deleteDatabase(name) {
  const request = indexedDB.deleteDatabase(`millrace:${name}`);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(undefined);
    request.onerror = () => reject(request.error);
  });
}
