// @ts-check
/** Assertions for code that runs in a page. */

/** @param {unknown} value @returns {string} */
function shown(value) {
  const text = JSON.stringify(value, (_key, item) => (item instanceof Uint8Array ? `bytes ${item}` : item)) ?? String(value);
  return text.length > 1500 ? `${text.slice(0, 700)} … ${text.slice(-700)}` : text;
}

/** @param {unknown} a @param {unknown} b @returns {boolean} */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && same(/** @type {any} */ (a)[key], /** @type {any} */ (b)[key]));
}

/** @type {(condition: unknown, message?: string) => asserts condition} */
export function ok(condition, message = 'not true') {
  if (!condition) throw new Error(message);
}

/** @param {unknown} actual @param {unknown} expected @param {string} [message] */
export function equal(actual, expected, message = '') {
  ok(Object.is(actual, expected), `${message} expected ${shown(expected)}, got ${shown(actual)}`);
}

/** @param {unknown} actual @param {unknown} expected @param {string} [message] */
export function deepEqual(actual, expected, message = '') {
  ok(same(actual, expected), `${message} expected ${shown(expected)}, got ${shown(actual)}`);
}

/** @param {unknown} error @param {string} code @returns {import('../../../dist/index.js').MillraceError} */
function checkError(error, code) {
  const found = /** @type {{ name?: string; code?: string; message?: string }} */ (error);
  ok(found.name === 'MillraceError' && found.code === code, `expected a MillraceError '${code}', got ${String(error)} (code ${found.code})`);
  ok((found.message ?? '').length > 10, `a message that helps, not ${shown(found.message)}`);
  return /** @type {any} */ (error);
}

/** The promise rejects with that code. @param {Promise<unknown>} promise @param {string} code */
export async function rejects(promise, code) {
  /** @type {unknown} */
  let value;
  try {
    value = await promise;
  } catch (error) {
    return checkError(error, code);
  }
  throw new Error(`expected a rejection with '${code}', got ${shown(value)}`);
}

/** @param {() => unknown} call @param {string} code */
export function throws(call, code) {
  try {
    call();
  } catch (error) {
    return checkError(error, code);
  }
  throw new Error(`expected '${code}' to be thrown`);
}
