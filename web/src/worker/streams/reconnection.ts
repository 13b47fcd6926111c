/**
 * Finds the next connection of a reply that was cut.
 *
 *   cut ──▶ pause ──▶ the page is asked ─┬─ a source ─────────────────▶ it is read
 *    ▲        ▲                          ├─ none ─────────────────────▶ given up
 *    │        └──────── it failed ───────┘
 *    └── `attempts` times in a row without progress ──────────────────▶ given up
 */
import type { ResumePoint } from '../../api.js';
import type { ToPage, ToWorker, WireError, WireSource } from '../../protocol.js';
import type { Clock } from '../tabs/environment.js';
import { dropSource } from './source.js';

type Reconnected = Extract<ToWorker, { type: 'reconnected' }>;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/** Statuses that are worth another try: the server is busy, or starts anew. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Whether another connection may bring what this one did not. */
export function isCut({ code, status = 0 }: WireError): boolean {
  return code === 'network' || (code === 'http' && PASSING.has(status));
}

export interface Place {
  clock: Clock;
  /** Calls back when the browser comes online; returns what stops that. */
  whenOnline(callback: () => void): () => void;
}

export class Reconnection {
  readonly #ingest: number;
  readonly #attempts: number;
  readonly #place: Place;
  readonly #tell: (message: ToPage) => void;
  /** Calls since there was progress. */
  #calls = 0;
  #answer: ((answer: Reconnected | undefined) => void) | undefined;
  #wake: (() => void) | undefined;
  #over = false;

  constructor(ingest: number, attempts: number, place: Place, tell: (message: ToPage) => void) {
    this.#ingest = ingest;
    this.#attempts = attempts;
    this.#place = place;
    this.#tell = tell;
  }

  /** Something came that was not there before. */
  progressed(): void { this.#calls = 0; }

  /**
   * The next source, or the error for which there is none; undefined: the page gives up. `atOnce`: without a pause. `cut`: why the
   * last connection ended.
   */
  async next(point: ResumePoint, atOnce: boolean, cut: WireError | undefined): Promise<WireSource | WireError | undefined> {
    let last = cut;
    while (this.#calls < this.#attempts && !this.#over) {
      if (!atOnce) await this.#pause(last?.retryAfterMs);
      if (this.#over) return undefined;
      const answer = await this.#ask(point, ++this.#calls);
      if (answer?.source) return answer.source;
      if (!answer?.error || !isCut(answer.error)) return answer?.error;
      last = answer.error;
      atOnce = false;
    }
    return last;
  }

  /** What the page says to the last question. A source that comes too late is let go. */
  reconnected(answer: Reconnected): void {
    if (this.#over && answer.source) dropSource(answer.source);
    else this.#answer?.(answer);
  }

  /** Nobody waits any more. */
  cancel(): void {
    this.#over = true;
    this.#wake?.();
    this.#answer?.(undefined);
  }

  #ask(point: ResumePoint, attempt: number): Promise<Reconnected | undefined> {
    this.#tell({ type: 'reconnect', ingest: this.#ingest, point, attempt });
    return new Promise((resolve) => { this.#answer = resolve; });
  }

  /** A server that names a time gets it; else the pause doubles, and differs from tab to tab. */
  async #pause(retryAfterMs: number | undefined): Promise<void> {
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** this.#calls, LONGEST_PAUSE_MS);
    const { clock, whenOnline } = this.#place;
    let stop = (): void => undefined;
    let online = (): void => undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      stop = clock.after(retryAfterMs ?? longest * (0.5 + Math.random() / 2), resolve);
      if (retryAfterMs === undefined) online = whenOnline(resolve);
    });
    stop();
    online();
    this.#wake = undefined;
  }
}
