import type { DraftMutation } from '../../core-module.js';
import { endsInHighSurrogate, wellFormed } from './unicode.js';

export type Delta = Extract<DraftMutation, { op: 'appendText' | 'appendReasoning' | 'appendToolInput' }>;

/** Names the text that a delta goes to. */
export function targetOf(delta: Delta): string {
  return `${delta.op} ${(delta.op === 'appendToolInput' ? delta.toolCallId : delta.part) ?? ''}`;
}

/**
 * The first halves of surrogate pairs that ended a delta, one per text that grows. They wait here for
 * the next delta of the same text, because half a pair cannot be encoded.
 */
export class HeldSurrogates {
  /** By target, each a delta of the half alone. */
  readonly #held = new Map<string, Delta>();

  /** What can be sent of `delta`, well-formed; its text may be empty. */
  join(delta: Delta): Delta {
    let { text } = delta;
    if (this.#held.size > 0 && text !== '') text = (this.drop(targetOf(delta))?.text ?? '') + text;
    if (endsInHighSurrogate(text)) {
      this.#held.set(targetOf(delta), { ...delta, text: text.slice(-1) });
      text = text.slice(0, -1);
    }
    return { ...delta, text: wellFormed(text) };
  }

  /** Forgets what waits for the target, and returns it. */
  drop(target: string): Delta | undefined {
    const half = this.#held.get(target);
    this.#held.delete(target);
    return half;
  }

  clear(): void { this.#held.clear(); }

  /** The targets that something waits for. */
  targets(): string[] {
    return [...this.#held.keys()];
  }
}
