// How fast a reply goes. A Pace hands out the pieces that are due; it can be changed while it runs.
import { readJson, sendJson, HttpError } from './messages.mjs';

const MIN_RATE = 10;
const MAX_RATE = 2000;
const DEFAULT_RATE = 60;

// Between two looks at the clock. At 2,000 a second some ten deltas share a tick, as they share
// packets on a real network.
const TICK_MS = 5;
// What a stalled reader is owed at most, in seconds: no burst after a long stop.
const MAX_DEBT_S = 0.25;

/** @type {Set<Pace>} of the replies that are streaming. */
const running = new Set();

export class Pace {
  #rate;
  #owed = 0;
  #last = performance.now();

  /** `name`: what the page calls it; several replies of one page share a name. */
  constructor(rate, name) {
    this.#rate = rateOf(rate);
    this.name = name;
    running.add(this);
  }

  get rate() { return this.#rate; }
  set rate(value) { this.#settle(); this.#rate = rateOf(value); }

  /** Waits until at least one piece is due, and says how many are. */
  async due(signal) {
    do await tick(TICK_MS, signal);
    while (this.#settle() < 1 && !signal.aborted);
    const count = Math.floor(this.#owed);
    this.#owed -= count;
    return count;
  }

  end() {
    running.delete(this);
  }

  #settle() {
    const now = performance.now();
    this.#owed += ((now - this.#last) / 1000) * this.#rate;
    this.#owed = Math.min(this.#owed, Math.max(1, this.#rate * MAX_DEBT_S));
    this.#last = now;
    return this.#owed;
  }
}

export async function handlePace(request, response) {
  const { pace, deltas_per_second: rate } = await readJson(request);
  if (typeof pace !== 'string' || typeof rate !== 'number') {
    throw new HttpError(400, 'Wanted: { pace: string, deltas_per_second: number }.');
  }
  const found = [...running].filter(({ name }) => name === pace);
  for (const one of found) one.rate = rate;
  sendJson(response, 200, { changed: found.length });
}

/** Deltas a second, of a request that may say so. */
export function rateOf(rate = DEFAULT_RATE) {
  if (typeof rate !== 'number' || !Number.isFinite(rate)) {
    throw new HttpError(400, 'deltas_per_second must be a number.');
  }
  return Math.min(MAX_RATE, Math.max(MIN_RATE, rate));
}

function tick(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
