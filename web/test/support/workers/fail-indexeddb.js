import { fault } from './fault.js';

// How the next transactions that write fail:
//   closed    the connection is gone before the next one begins, as when the browser closed it
//   aborted   the next one is aborted by the browser
//   quota     each one is aborted for want of room, until told otherwise

const original = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function transaction(stores, mode, options) {
  if (mode !== 'readwrite' || fault.now === '') return original.call(this, stores, mode, options);
  if (fault.now === 'closed') {
    fault.now = '';
    this.close();
    return original.call(this, stores, mode, options);
  }
  const begun = original.call(this, stores, mode, options);
  if (fault.now === 'quota') Object.defineProperty(begun, 'error', { value: new DOMException('No room', 'QuotaExceededError') });
  else fault.now = '';
  // After the caller is through with it.
  queueMicrotask(() => begun.abort());
  return begun;
};
