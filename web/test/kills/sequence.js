// @ts-check
/**
 * Text that says how far it came: delta n is the number n, a space, and now and then something that is not ASCII. So a
 * stored text shows by itself that nothing is missing in it and nothing is there twice.
 */

/** @param {number} n */
export function deltaOf(n) {
  return n % 7 === 0 ? `${n}😀 ` : `${n} `;
}

/** Whether the text is the beginning of the sequence. @param {string} text */
export function isWhole(text) {
  let whole = '';
  for (let n = 0; whole.length < text.length; n++) whole += deltaOf(n);
  return whole.startsWith(text);
}
