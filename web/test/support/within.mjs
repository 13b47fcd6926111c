// @ts-check

/** What the work gives; rejects when that takes longer. @template Result @param {number} ms @param {() => Promise<Result>} work @returns {Promise<Result>} */
export async function within(ms, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  /** @type {Promise<never>} */
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not over after ${ms} ms`)), ms);
  });
  return Promise.race([work(), late]).finally(() => clearTimeout(timer));
}
