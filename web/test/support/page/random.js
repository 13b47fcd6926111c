// @ts-check

/**
 * Numbers that look random and are the same for the same seed: `below(n)` gives 0 to n - 1.
 * @param {number} seed
 */
export function randomFrom(seed) {
  let state = Math.imul(seed ^ 0x5deece66, 0x9e3779b1);
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}
