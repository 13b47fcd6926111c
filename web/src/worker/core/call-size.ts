/** How much one call may hand to the core, whose memory ends at 2 GB and which keeps several copies on the way to the disk. */
import { MillraceError } from '../../errors.js';

/** In code units of text and bytes of binary data, of everything that one call hands over: 64 Mi. */
export const LARGEST_CALL = 64 * 2 ** 20;

/** Throws 'invalid-argument' for more than the core can take. `what` begins the sentence. */
export function checkSize(value: unknown, what: string): void {
  const size = sizeOf(value);
  if (size <= LARGEST_CALL) return;
  throw new MillraceError('invalid-argument',
    `${what} is too large: ${size} characters and bytes, and one call takes up to ${LARGEST_CALL}. ` +
    'Write it in pieces, or keep it outside and store its address.');
}

/** Strings by code unit, binary data by byte; numbers and the like count for 8. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  let size = 0;
  for (const key of Object.keys(value)) size += key.length + sizeOf((value as Record<string, unknown>)[key]);
  return size;
}
