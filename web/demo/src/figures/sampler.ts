import type { Stats, Store } from 'millrace';

/** The four figures, counted since the store was opened. */
export interface Figures {
  deltas: number;
  saves: number;
  notifications: number;
  bytesWritten: number;
}

export interface Sample extends Figures {
  /** Milliseconds on the page's clock. */
  time: number;
}

const SAMPLE_EVERY_MS = 250;
/** A rate is what happened during this while before it: shorter, and single windows show. */
export const RATE_OVER_MS = 1000;
export const HISTORY_MS = 30_000;

const NONE: Figures = { deltas: 0, saves: 0, notifications: 0, bytesWritten: 0 };

/**
 * Reads the store's statistics four times a second while somebody looks; made for
 * `useSyncExternalStore`. The first reading, which holds what opening the store cost, is zero.
 */
export class Sampler {
  readonly #store: Store;
  readonly #listeners = new Set<() => void>();
  #base: Figures | undefined;
  /** As the store told them last. */
  #last: Figures | undefined;
  #samples: readonly Sample[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Oldest first; a new array with each sample. */
  readonly getSnapshot = (): readonly Sample[] => this.#samples;

  readonly subscribe = (onChange: () => void): (() => void) => {
    this.#listeners.add(onChange);
    if (this.#listeners.size === 1) void this.#sample();
    return () => {
      this.#listeners.delete(onChange);
      if (this.#listeners.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  };

  async #sample(): Promise<void> {
    let stats: Stats;
    try {
      stats = await this.#store.stats();
    } catch {
      return; // The store is closed: its figures are final.
    }
    const now = figuresOf(stats);
    this.#base ??= now;
    // Another tab leads since then, and counts from its own opening on: the figures go on from what was shown last.
    if (this.#last !== undefined && (now.deltas < this.#last.deltas || now.saves < this.#last.saves)) this.#base = minus(now, latest(this.#samples));
    this.#last = now;
    const time = performance.now();
    const oldest = time - HISTORY_MS - RATE_OVER_MS - SAMPLE_EVERY_MS;
    this.#samples = [...this.#samples.filter((sample) => sample.time > oldest), { time, ...minus(now, this.#base) }];
    for (const listener of [...this.#listeners]) listener();
    if (this.#listeners.size > 0 && this.#timer === undefined) {
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        void this.#sample();
      }, SAMPLE_EVERY_MS);
    }
  }
}

export const latest = (samples: readonly Sample[]): Figures => samples.at(-1) ?? NONE;

export interface Rate { time: number; deltas: number; saves: number }

/** Deltas and saves a second, at each sample that has one a second before it. */
export function rates(samples: readonly Sample[]): Rate[] {
  const result: Rate[] = [];
  let first = 0;
  for (const sample of samples) {
    while ((samples[first + 1]?.time ?? Infinity) <= sample.time - RATE_OVER_MS) first++;
    const before = samples[first];
    if (before === undefined || before.time > sample.time - RATE_OVER_MS) continue;
    const seconds = (sample.time - before.time) / 1000;
    result.push({ time: sample.time, deltas: (sample.deltas - before.deltas) / seconds, saves: (sample.saves - before.saves) / seconds });
  }
  return result;
}

export function figuresOf(stats: Stats): Figures {
  return { deltas: stats.updates, saves: stats.commits, notifications: stats.notifications, bytesWritten: stats.bytesWritten };
}

export function minus(a: Figures, b: Figures): Figures {
  return {
    deltas: a.deltas - b.deltas,
    saves: a.saves - b.saves,
    notifications: a.notifications - b.notifications,
    bytesWritten: a.bytesWritten - b.bytesWritten,
  };
}
