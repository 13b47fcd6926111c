/** The same object without the fields that are undefined: what is absent must not look as if it were there. */
export function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
