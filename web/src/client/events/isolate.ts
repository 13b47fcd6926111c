/** Keeps what several listeners are shown safe from changes by any of them (C15). */
import { isBytes } from '../../realms.js';
import type { BinaryPart, Part } from '../../types.js';

/** Freezes a plain value with all that is in it. Bytes cannot be frozen: see `shown`. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) if (typeof inner === 'object') deepFreeze(inner);
  return Object.freeze(value);
}

/** The part as it may be shown: frozen, and with bytes that are copied for each reader. The part that was given must not be used afterwards. */
export function shown(part: Part): Part {
  if (Object.isFrozen(part)) return part;
  return deepFreeze(part.type === 'binary' ? withOwnBytes(part) : part);
}

function withOwnBytes(part: BinaryPart): BinaryPart {
  const bytes = part.data;
  return Object.defineProperty({ ...part }, 'data', { enumerable: true, get: () => bytes.slice() });
}

/** Whether two plain values say the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (isBytes(a) && isBytes(b)) return sameBytes(a, b);
  const [x, y] = [Object.keys(a), Object.keys(b)];
  return x.length === y.length &&
    x.every((key) => sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  // Eight megabytes take some 20 ms; with `every` it would be many times that.
  for (let index = 0; index < a.length; ++index) if (a[index] !== b[index]) return false;
  return true;
}
