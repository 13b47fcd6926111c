import { MillraceError } from '../../errors.js';

/** File systems allow 255 bytes for a name; what SQLite adds to it must fit as well. */
const LONGEST_FILE_NAME = 240;

/**
 * A store's name as part of a file name. Only lower-case letters, digits, `-` and `_` stay as they are: some file
 * systems tell `A` from `a` and some do not. Every other byte of its UTF-8 is written `%xx`.
 */
export function toFileName(name: string): string {
  const encoded = Array.from(new TextEncoder().encode(name), encodeByte).join('');
  if (name !== '' && encoded.length <= LONGEST_FILE_NAME) return encoded;
  throw new MillraceError('invalid-argument', name === ''
    ? 'The name of a store must not be empty'
    : `The name of a store is too long: ${encoded.length} bytes of file name, ${LONGEST_FILE_NAME} at most`);
}

function encodeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  return /[a-z0-9_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
}
