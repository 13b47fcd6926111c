/** What was read again, with the objects that are held already: who shows them sees what has changed by identity. */

/** `keyOf` tells two items apart that say different things. The held list itself, if nothing has changed. */
export function withHeld<T>(read: readonly T[], held: readonly T[] | undefined, keyOf: (item: T) => string): readonly T[] {
  if (!held) return read;
  const known = new Map(held.map((item) => [keyOf(item), item]));
  const items = read.map((item) => known.get(keyOf(item)) ?? item);
  return items.length === held.length && items.every((item, index) => item === held[index]) ? held : items;
}

/** The held value, if the one that was read has the same in it. */
export function heldIfSame<T extends object>(read: T, held: T | undefined): T {
  return held && (Object.keys(read) as (keyof T)[]).every((key) => read[key] === held[key]) ? held : read;
}
