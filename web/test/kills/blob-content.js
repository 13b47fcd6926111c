// @ts-check

/** What a blob is made of: the same bytes for the same numbers. @typedef {{ seed: number; size: number }} Recipe */

/** @param {Recipe} recipe @returns {Uint8Array<ArrayBuffer>} */
export function contentOf({ seed, size }) {
  const words = new Uint32Array(Math.ceil(size / 4));
  let word = seed;
  for (let n = 0; n < words.length; n++) {
    word = (Math.imul(word, 1_664_525) + 1_013_904_223) | 0;
    words[n] = word;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** In hexadecimal. @param {Uint8Array<ArrayBuffer> | ArrayBuffer} bytes */
export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
