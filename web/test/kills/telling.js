// @ts-check

/** Tells the server things: one request under way, and the next carries all that came up meanwhile. @template Fact @param {string} url */
export function startTelling(url) {
  /** @type {Fact[]} */
  let waiting = [];
  /** @type {Promise<void> | undefined} */
  let sending;
  async function send() {
    while (waiting.length > 0) {
      const facts = waiting;
      waiting = [];
      await fetch(url, { method: 'POST', body: JSON.stringify(facts) });
    }
    sending = undefined;
  }
  return {
    /** @param {Fact} fact */
    tell(fact) {
      waiting.push(fact);
      sending ??= send();
    },
    /** Everything said so far has been received. */
    received: () => sending ?? Promise.resolve(),
  };
}
