// The JavaScript half of the border, continued: files and time. C++ declares each function in
// handle_block_file.cpp or timer_pump.cpp, where it is used. No function here lets an exception through, except
// a trap: see library_millrace.js.

mergeInto(LibraryManager.library, {
  $HostFiles: {
    // The last error of a call on a file handle.
    error: '',
    // -1: no room. -2: any other failure; error says which.
    failed: function(error) {
      HostFiles.error = String(error);
      return error && error.name === 'QuotaExceededError' ? -1 : -2;
    },
  },

  // ---- FileSystemSyncAccessHandle: each returns a count, or failed's number

  millrace_file_read__deps: ['$Millrace', '$HostFiles'],
  millrace_file_read__sig: 'diidi',
  millrace_file_read: function(handle, into, offset, size) {
    try {
      return Millrace.toValue(handle).read(HEAPU8.subarray(into, into + size), { at: offset });
    } catch (error) {
      return HostFiles.failed(error);
    }
  },

  millrace_file_write__deps: ['$Millrace', '$HostFiles'],
  millrace_file_write__sig: 'diidi',
  millrace_file_write: function(handle, from, offset, size) {
    try {
      return Millrace.toValue(handle).write(HEAPU8.subarray(from, from + size), { at: offset });
    } catch (error) {
      return HostFiles.failed(error);
    }
  },

  millrace_file_truncate__deps: ['$Millrace', '$HostFiles'],
  millrace_file_truncate__sig: 'did',
  millrace_file_truncate: function(handle, size) {
    try {
      Millrace.toValue(handle).truncate(size);
      return 0;
    } catch (error) {
      return HostFiles.failed(error);
    }
  },

  millrace_file_flush__deps: ['$Millrace', '$HostFiles'],
  millrace_file_flush__sig: 'di',
  millrace_file_flush: function(handle) {
    try {
      Millrace.toValue(handle).flush();
      return 0;
    } catch (error) {
      return HostFiles.failed(error);
    }
  },

  millrace_file_size__deps: ['$Millrace', '$HostFiles'],
  millrace_file_size__sig: 'di',
  millrace_file_size: function(handle) {
    try {
      return Millrace.toValue(handle).getSize();
    } catch (error) {
      return HostFiles.failed(error);
    }
  },

  millrace_file_error__deps: ['$Millrace', '$HostFiles'],
  millrace_file_error__sig: 'i',
  millrace_file_error: function() { return Millrace.toHandle(HostFiles.error); },

  // ---- time

  millrace_wall_clock__sig: 'd',
  millrace_wall_clock: function() { return Date.now(); },

  // SQLite calls these for CURRENT_TIME and the like, which no statement uses. Emscripten's own know time zones
  // and the names of months: 3 KB, compressed. These give an empty text.
  _gmtime_js__sig: 'vii',
  _gmtime_js: function(time, into) {},
  _tzset_js__deps: [],
  _tzset_js__sig: 'viii',
  _tzset_js: function(timezone, daylight, names) {},
  strftime__deps: [],
  strftime__sig: 'iiiii',
  strftime: function(text, size, format, time) {
    HEAPU8[text] = 0;
    return 0;
  },

  // Calls `callback` with `data` after `delay` ms. Under Node, a wait this long is only housekeeping and does
  // not keep the process alive.
  millrace_set_timer__deps: ['$callUserCallback'],
  millrace_set_timer__sig: 'iiid',
  millrace_set_timer: function(callback, data, delay) {
    var timer = setTimeout(function() {
      callUserCallback(function() { {{{ makeDynCall('vi', 'callback') }}}(data); });
    }, delay);
    if (delay > 1000 && timer.unref) timer.unref();
    return Number(timer);
  },
});
