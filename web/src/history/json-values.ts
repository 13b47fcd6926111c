/** Values of an export, of which nothing is known before they are looked at. */
export type Fields = Readonly<Record<string, unknown>>;

/** undefined: it is no object. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : undefined;
}

/** Empty: it is no array. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The first of them that is text and not empty; else ''. */
export function textOf(...values: readonly unknown[]): string {
  return values.find((value): value is string => typeof value === 'string' && value !== '') ?? '';
}

export function numberOf(...values: readonly unknown[]): number | undefined {
  return values.find((value): value is number => typeof value === 'number');
}

/** Seconds since the epoch, or a date in ISO 8601, in milliseconds; undefined: no usable time. */
export function timeOf(value: unknown): number | undefined {
  const time = Math.round(typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : NaN);
  return time > 0 && time <= 8.64e15 ? time : undefined;
}

/** Without the fields that are undefined or ''; undefined: none is left. */
export function filled(fields: Fields): Fields | undefined {
  const left = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return left.length > 0 ? Object.fromEntries(left) : undefined;
}
