/**
 * JavaScript strings may hold surrogates without their other half, UTF-8 cannot: the Worker stores
 * U+FFFD for them. A draft does the same first, so that its copy and the stored text are equal.
 */

// No look-behind: a browser that does not know it would refuse the whole module.
const PAIR_OR_LONE = /[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g;
const SURROGATE = /[\uD800-\uDFFF]/;

/** True when the text ends in the first half of a pair. */
export function endsInHighSurrogate(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}

/** `text` with each lone surrogate replaced by U+FFFD. */
export function wellFormed(text: string): string {
  if (!SURROGATE.test(text)) return text;
  return text.replace(PAIR_OR_LONE, (found) => (found.length === 2 ? found : '\uFFFD'));
}
