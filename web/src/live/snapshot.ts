/** What a live query shows: types, and the few ways to make one. */
import type { Message } from '../types.js';
import type { MillraceError } from '../errors.js';

/**
 * The state of a live query. It is a new object whenever something in it changed, and only then.
 *
 * - 'loading': the store was not asked yet, or has not answered yet.
 * - 'ready': `value` is what the store holds.
 * - 'error': the last read failed. `value` is what was known before. The next event of the store leads to a new try.
 */
export type Snapshot<T> =
  | { readonly status: 'loading'; readonly value?: T }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'error'; readonly error: MillraceError; readonly value?: T | undefined };

/**
 * A value that follows the store. It fits React's `useSyncExternalStore`, Vue's `shallowRef` and Svelte's stores.
 * It loads at the first subscriber, follows by events alone, and lets go after the last one left. Two queries that ask
 * for the same thing of the same store share one.
 */
export interface LiveQuery<T> {
  /** The same object until something changed. Bound: it can be passed on as it is. */
  readonly get: () => Snapshot<T>;
  /** `onChange` is called after each change, at most once per window. Returns what ends the subscription. Bound. */
  readonly subscribe: (onChange: () => void) => () => void;
}

export const LOADING: { readonly status: 'loading' } = Object.freeze({ status: 'loading' });

const ofMessages = new WeakMap<Message, Snapshot<Message | undefined>>();
const NO_MESSAGE: Snapshot<Message | undefined> = { status: 'ready', value: undefined };

/** One snapshot per message: two queries that show the same message show the same object. */
export function readyMessage(message: Message | undefined): Snapshot<Message | undefined> {
  if (!message) return NO_MESSAGE;
  let snapshot = ofMessages.get(message);
  if (!snapshot) ofMessages.set(message, (snapshot = { status: 'ready', value: message }));
  return snapshot;
}
