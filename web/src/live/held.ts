/** What was read again, with the objects that are held already: who shows them sees what has changed by identity. */

/** `keyOf` tells two items apart that say different things. The held list itself, if nothing has changed. */
export function withHeld<T>(read: readonly T[], held: readonly T[] | undefined, keyOf: (item: T) => string): readonly T[] {
  if (!held) return read;
  const known = new Map(held.map((item) => [keyOf(item), item]));
  const items = read.map((item) => known.get(keyOf(item)) ?? item);
  return sameItems(items, held) ? held : items;
}

export function sameItems<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
