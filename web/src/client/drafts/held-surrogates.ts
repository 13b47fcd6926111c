import { endsInHighSurrogate, wellFormed } from './unicode.js';

/**
 * The first halves of surrogate pairs that ended a delta, one per text that grows. They wait here for
 * the next delta of the same text, because half a pair cannot be encoded.
 */
export class HeldSurrogates {
  readonly #held = new Map<string, string>();

  /** What can be sent of `delta`, well-formed; may be empty. `target` names the text it goes to. */
  join(target: string, delta: string): string {
    let text = delta;
    if (this.#held.size > 0 && delta !== '') text = this.drop(target) + delta;
    if (!endsInHighSurrogate(text)) return wellFormed(text);
    this.#held.set(target, text.slice(-1));
    return wellFormed(text.slice(0, -1));
  }

  /** Forgets what waits for the target, and returns it. */
  drop(target: string): string {
    const half = this.#held.get(target) ?? '';
    this.#held.delete(target);
    return half;
  }

  /** The targets that something waits for. */
  targets(): string[] {
    return [...this.#held.keys()];
  }

  clear(): void {
    this.#held.clear();
  }
}
