// @ts-check

/**
 * Lets hours pass in the Worker (workers/hours.js). Resolves when they have; `through` resolves when blobs have been collected then.
 * @param {number} hours
 * @returns {Promise<{ through: Promise<void> }>}
 */
export function passHours(hours) {
  const channel = new BroadcastChannel('worker-hours');
  return new Promise((passed) => {
    const through = /** @type {Promise<void>} */ (new Promise((resolve) => {
      channel.onmessage = ({ data }) => {
        if (data === 'passed') return passed({ through });
        channel.close();
        resolve();
      };
    }));
    channel.postMessage(hours);
  });
}
