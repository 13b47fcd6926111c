// The page says on the channel how the next transactions that write fail; the answer says that it is heard.
//   closed    the connection is gone before the next one begins, as when the browser closed it
//   aborted   the next one is aborted by the browser
//   quota     each one is aborted for want of room, until told otherwise
//   ''        none fails
let fault = '';
const channel = new BroadcastChannel('indexeddb-faults');
channel.onmessage = ({ data }) => {
  fault = data;
  channel.postMessage('heard');
};

const original = IDBDatabase.prototype.transaction;
IDBDatabase.prototype.transaction = function transaction(stores, mode, options) {
  if (mode !== 'readwrite' || fault === '') return original.call(this, stores, mode, options);
  if (fault === 'closed') {
    fault = '';
    this.close();
    return original.call(this, stores, mode, options);
  }
  const begun = original.call(this, stores, mode, options);
  if (fault === 'quota') Object.defineProperty(begun, 'error', { value: new DOMException('No room', 'QuotaExceededError') });
  else fault = '';
  // After the caller is through with it.
  queueMicrotask(() => begun.abort());
  return begun;
};
