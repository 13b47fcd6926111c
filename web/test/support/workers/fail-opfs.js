import { fault } from './fault.js';

// How writing fails, until the page says otherwise:
//   chromium  no room, as Chromium says it: its internal error -8 as an unsigned count; nothing is written
//   firefox   no room, as Firefox says it: what fits is written, and the count says how much that was
//   failed    Chromium's count for what fails otherwise: -2
//   write     each write throws
//   flush     each flush throws
const broken = () => new DOMException('The disk is broken', 'InvalidStateError');

const { write, flush } = FileSystemSyncAccessHandle.prototype;
FileSystemSyncAccessHandle.prototype.write = function failingWrite(bytes, options) {
  if (fault.now === 'chromium') return 2 ** 32 - 8;
  if (fault.now === 'failed') return 2 ** 32 - 2;
  if (fault.now === 'firefox') return write.call(this, bytes.subarray(0, bytes.length >> 1), options);
  if (fault.now === 'write') throw broken();
  return write.call(this, bytes, options);
};
FileSystemSyncAccessHandle.prototype.flush = function failingFlush() {
  if (fault.now === 'flush') throw broken();
  flush.call(this);
};
