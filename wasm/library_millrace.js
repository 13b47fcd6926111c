// The JavaScript half of the border: everything for which embind has no cheap or safe way. C++ declares each
// function in js_value.cpp, handle_block_file.cpp or timer_pump.cpp, where it is used.
//
// No function here lets an exception through, except a trap. C++ is built without exceptions, and a throw
// would skip its destructors. After a trap nothing calls the module any more. An EM_VAL is embind's handle of
// a JavaScript value; text is UTF-8.

mergeInto(LibraryManager.library, {
  $Millrace__deps: ['$Emval'],
  $Millrace__postset: 'Millrace.decoder = new TextDecoder("utf-8", { ignoreBOM: true });' +
                      'Millrace.encoder = new TextEncoder();',
  $Millrace: {
    decoder: null,
    encoder: null,

    // Property names by the address of the C++ literal. Each is decoded once.
    names: {},
    name: function(pointer) {
      var name = Millrace.names[pointer];
      if (name) return name;
      var end = pointer;
      while (HEAPU8[end]) end++;
      return Millrace.names[pointer] = Millrace.text(pointer, end - pointer);
    },

    // In code units (writing) or bytes (reading). For shorter texts a loop is faster than the fixed cost of
    // TextEncoder and TextDecoder: for 8 ASCII characters 0.02 against 0.4 and 0.04 against 0.2 microseconds
    // in Chromium. Reading takes the same time at about 45.
    kShortText: 32,

    text: function(pointer, size) {
      if (size <= Millrace.kShortText) {
        var short = '';
        for (var i = pointer; i < pointer + size; i++) {
          var byte = HEAPU8[i];
          if (byte > 127) return Millrace.decoder.decode(HEAPU8.subarray(pointer, pointer + size));
          short += String.fromCharCode(byte);
        }
        return short;
      }
      return Millrace.decoder.decode(HEAPU8.subarray(pointer, pointer + size));
    },

    // Writes `text` as well-formed UTF-8 (a lone surrogate becomes U+FFFD) and returns its size. REQUIRES:
    // room for 3 bytes per code unit.
    writeText: function(text, pointer) {
      var length = text.length;
      var ascii = length <= Millrace.kShortText;
      for (var i = 0; ascii && i < length; i++) {
        var unit = text.charCodeAt(i);
        ascii = unit < 128;
        HEAPU8[pointer + i] = unit;
      }
      if (ascii) return length;
      var room = HEAPU8.subarray(pointer, pointer + 3 * length);
      return Millrace.encoder.encodeInto(text, room).written;
    },

    // Not `instanceof`, because test runners pass in objects of another realm.
    isBytes: function(value) { return Object.prototype.toString.call(value) === '[object Uint8Array]'; },

    kindOf: function(value) {
      if (value === undefined || value === null) return 0;
      switch (typeof value) {
        case 'string': return 1;
        case 'number': return 2;
        case 'boolean': return 3;
        case 'function': return 4;
        case 'object': return Array.isArray(value) ? 5 : Millrace.isBytes(value) ? 6 : 7;
      }
      return 8;
    },

    // Names that people write who know other stores.
    meant: {
      content: 'parts', text: 'parts', body: 'parts', name: 'title', tokens: 'completionTokens',
      inputTokens: 'promptTokens', outputTokens: 'completionTokens', arguments: 'input', args: 'input',
      callId: 'toolCallId', result: 'content', output: 'content', mime: 'mimeType',
      mediaType: 'mimeType', parent: 'parentId', session: 'sessionId', count: 'limit', cursor: 'from',
    },
    // The known name that was probably meant: by its meaning, or with one letter added, removed or changed.
    nearest: function(name, known) {
      if (known.indexOf(Millrace.meant[name]) >= 0) return Millrace.meant[name];
      var lower = name.toLowerCase();
      return known.find(function(other) {
        var begin = 0, end = 0, candidate = other.toLowerCase();
        var least = Math.min(candidate.length, lower.length);
        while (begin < least && candidate[begin] === lower[begin]) begin++;
        while (end < least - begin && candidate[candidate.length - 1 - end] === lower[lower.length - 1 - end]) end++;
        return Math.max(candidate.length, lower.length) - begin - end <= 1;
      });
    },

    // The last error of a call on a file handle.
    fileError: '',
    // -1: no room. -2: any other failure; fileError says which.
    fileFailed: function(error) {
      Millrace.fileError = String(error);
      return error && error.name === 'QuotaExceededError' ? -1 : -2;
    },
  },

  // ---- values to JavaScript

  millrace_text__deps: ['$Millrace'],
  millrace_text__sig: 'iii',
  millrace_text: function(data, size) { return Emval.toHandle(Millrace.text(data, size)); },

  // A copy, because wasm memory moves when it grows.
  millrace_bytes__deps: ['$Millrace'],
  millrace_bytes__sig: 'iii',
  millrace_bytes: function(data, size) { return Emval.toHandle(HEAPU8.slice(data, data + size)); },

  // `undefined` if the text is not JSON.
  millrace_parse_json__deps: ['$Millrace'],
  millrace_parse_json__sig: 'iii',
  millrace_parse_json: function(data, size) {
    try {
      return Emval.toHandle(JSON.parse(Millrace.text(data, size)));
    } catch (error) {
      return Emval.toHandle(undefined);
    }
  },

  millrace_set_text__deps: ['$Millrace'],
  millrace_set_text__sig: 'viiii',
  millrace_set_text: function(object, key, data, size) {
    Emval.toValue(object)[Millrace.name(key)] = Millrace.text(data, size);
  },

  millrace_set_number__deps: ['$Millrace'],
  millrace_set_number__sig: 'viid',
  millrace_set_number: function(object, key, value) {
    Emval.toValue(object)[Millrace.name(key)] = value;
  },

  millrace_set_value__deps: ['$Millrace'],
  millrace_set_value__sig: 'viii',
  millrace_set_value: function(object, key, value) {
    Emval.toValue(object)[Millrace.name(key)] = Emval.toValue(value);
  },

  millrace_push__deps: ['$Millrace'],
  millrace_push__sig: 'vii',
  millrace_push: function(array, value) { Emval.toValue(array).push(Emval.toValue(value)); },

  millrace_join__deps: ['$Millrace'],
  millrace_join__sig: 'iiii',
  millrace_join: function(string, data, size) {
    return Emval.toHandle(Emval.toValue(string) + Millrace.text(data, size));
  },

  // ---- values from JavaScript (key 0: the value itself)

  millrace_kind__deps: ['$Millrace'],
  millrace_kind__sig: 'iii',
  millrace_kind: function(object, key) {
    var value = Emval.toValue(object);
    return Millrace.kindOf(key ? value[Millrace.name(key)] : value);
  },

  // A property of the object that is none of the keys, and the key that was meant; `undefined` if there is
  // none.
  millrace_other_field__deps: ['$Millrace'],
  millrace_other_field__sig: 'iiii',
  millrace_other_field: function(object, keys, count) {
    var value = Emval.toValue(object);
    var known = [];
    for (var i = 0; i < count; i++) known.push(Millrace.name(HEAPU32[(keys >> 2) + i]));
    for (var name of Object.keys(value)) {
      if (value[name] === undefined || known.indexOf(name) >= 0) continue;
      var near = Millrace.nearest(name, known);
      return Emval.toHandle('"' + name + '": ' + (near ? 'did you mean "' + near + '"?'
        : 'it has ' + known.filter(function(key) { return key !== 'verbatim'; }).join(', ')));
    }
    return Emval.toHandle(undefined);
  },

  millrace_get__deps: ['$Millrace'],
  millrace_get__sig: 'iii',
  millrace_get: function(object, key) {
    return Emval.toHandle(Emval.toValue(object)[Millrace.name(key)]);
  },

  millrace_get_number__deps: ['$Millrace'],
  millrace_get_number__sig: 'dii',
  millrace_get_number: function(object, key) {
    return Number(Emval.toValue(object)[Millrace.name(key)]);
  },

  // The number of code units of a string, bytes of a Uint8Array, or elements of an array.
  millrace_length__deps: ['$Millrace'],
  millrace_length__sig: 'iii',
  millrace_length: function(object, key) {
    var value = Emval.toValue(object);
    return (key ? value[Millrace.name(key)] : value).length;
  },

  // REQUIRES: a string, and room for 3 bytes per code unit.
  millrace_read_text__deps: ['$Millrace'],
  millrace_read_text__sig: 'iiii',
  millrace_read_text: function(object, key, into) {
    var value = Emval.toValue(object);
    return Millrace.writeText(key ? value[Millrace.name(key)] : value, into);
  },

  // REQUIRES: a Uint8Array, and room for it.
  millrace_read_bytes__deps: ['$Millrace'],
  millrace_read_bytes__sig: 'viii',
  millrace_read_bytes: function(object, key, into) {
    var value = Emval.toValue(object);
    HEAPU8.set(key ? value[Millrace.name(key)] : value, into);
  },

  millrace_element__deps: ['$Millrace'],
  millrace_element__sig: 'iii',
  millrace_element: function(array, index) { return Emval.toHandle(Emval.toValue(array)[index]); },

  // The value as a string of JSON; `undefined` for a value without JSON (a function, a cycle, a BigInt).
  millrace_stringify__deps: ['$Millrace'],
  millrace_stringify__sig: 'ii',
  millrace_stringify: function(value) {
    try {
      return Emval.toHandle(JSON.stringify(Emval.toValue(value)));
    } catch (error) {
      return Emval.toHandle(undefined);
    }
  },

  // ---- calls

  // Calls `callback`; returns 0 if it threw. The exception is reported and stops here.
  millrace_call__deps: ['$Millrace'],
  millrace_call__sig: 'iiii',
  millrace_call: function(callback, first, second) {
    try {
      Emval.toValue(callback)(Emval.toValue(first), Emval.toValue(second));
      return 1;
    } catch (error) {
      // A module that trapped must not continue.
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw error;
      console.error(error);
      return 0;
    }
  },

  // ---- FileSystemSyncAccessHandle: each returns a count, or fileFailed's number

  millrace_file_read__deps: ['$Millrace'],
  millrace_file_read__sig: 'diidi',
  millrace_file_read: function(handle, into, offset, size) {
    try {
      return Emval.toValue(handle).read(HEAPU8.subarray(into, into + size), { at: offset });
    } catch (error) {
      return Millrace.fileFailed(error);
    }
  },

  millrace_file_write__deps: ['$Millrace'],
  millrace_file_write__sig: 'diidi',
  millrace_file_write: function(handle, from, offset, size) {
    try {
      return Emval.toValue(handle).write(HEAPU8.subarray(from, from + size), { at: offset });
    } catch (error) {
      return Millrace.fileFailed(error);
    }
  },

  millrace_file_truncate__deps: ['$Millrace'],
  millrace_file_truncate__sig: 'did',
  millrace_file_truncate: function(handle, size) {
    try {
      Emval.toValue(handle).truncate(size);
      return 0;
    } catch (error) {
      return Millrace.fileFailed(error);
    }
  },

  millrace_file_flush__deps: ['$Millrace'],
  millrace_file_flush__sig: 'di',
  millrace_file_flush: function(handle) {
    try {
      Emval.toValue(handle).flush();
      return 0;
    } catch (error) {
      return Millrace.fileFailed(error);
    }
  },

  millrace_file_size__deps: ['$Millrace'],
  millrace_file_size__sig: 'di',
  millrace_file_size: function(handle) {
    try {
      return Emval.toValue(handle).getSize();
    } catch (error) {
      return Millrace.fileFailed(error);
    }
  },

  millrace_file_error__deps: ['$Millrace'],
  millrace_file_error__sig: 'i',
  millrace_file_error: function() { return Emval.toHandle(Millrace.fileError); },

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
