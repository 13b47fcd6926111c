/** Values that came out of JSON text, and into it. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value if it is an object with fields; else undefined. */
export function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Fields : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Undefined: the text is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Providers refuse text that nobody could see. */
export function isBlank(text: string): boolean {
  return text.trim() === '';
}
