// The JavaScript half of the border: values, objects of the core and calls; library_host.js has files and time.
// C++ declares each function in val.h, core_object.h or js_value.cpp, where it is used.
//
// No function here lets an exception through, except a trap. C++ is built without exceptions, and a throw
// would skip its destructors. After a trap nothing calls the module any more. A value that C++ holds is passed
// as its handle (`toHandle`); text is UTF-8.

mergeInto(LibraryManager.library, {
  $Millrace__postset: 'Millrace.decoder = new TextDecoder("utf-8", { ignoreBOM: true });' +
                      'Millrace.encoder = new TextEncoder();',
  $Millrace: {
    decoder: null,
    encoder: null,

    // The values that C++ holds by their handles, and how many times it holds each. The first four are not
    // counted (val.h).
    values: [undefined, null, true, false],
    counts: [],
    unused: [],
    toHandle: function(value) {
      switch (value) {
        case undefined: return 0;
        case null: return 1;
        case true: return 2;
        case false: return 3;
      }
      var handle = Millrace.unused.pop() || Millrace.values.length;
      Millrace.values[handle] = value;
      Millrace.counts[handle] = 1;
      return handle;
    },
    toValue: function(handle) { return Millrace.values[handle]; },
    release: function(handle) {
      if (handle < 4 || --Millrace.counts[handle] > 0) return;
      Millrace.values[handle] = undefined;
      Millrace.unused.push(handle);
    },

    // The methods of a table (core_object.h).
    methods: function(table, count) {
      var methods = {};
      for (var i = 0; i < count; i++, table += 8) {
        Millrace.addMethod(methods, Millrace.name(HEAPU32[table >> 2]), HEAPU32[(table + 4) >> 2]);
      }
      return methods;
    },
    addMethod: function(methods, name, pointer) {
      var call = {{{ makeDynCall('iii', 'pointer') }}};
      methods[name] = function() {
        var object = this.object;
        if (object === 0) throw new Error(name + '() of an object of the core that is deleted');
        if (name === 'delete') this.object = 0;
        var handle = call(object, Millrace.toHandle(arguments));
        var result = Millrace.toValue(handle);
        Millrace.release(handle);
        return result;
      };
    },
    // The methods that objects of a kind share, by the address of their table.
    kinds: {},

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
  },

  // ---- values that C++ holds

  millrace_retain__deps: ['$Millrace'],
  millrace_retain__sig: 'vi',
  millrace_retain: function(handle) { Millrace.counts[handle]++; },

  millrace_release__deps: ['$Millrace'],
  millrace_release__sig: 'vi',
  millrace_release: function(handle) { Millrace.release(handle); },

  millrace_object__deps: ['$Millrace'],
  millrace_object__sig: 'i',
  millrace_object: function() { return Millrace.toHandle({}); },

  millrace_array__deps: ['$Millrace'],
  millrace_array__sig: 'i',
  millrace_array: function() { return Millrace.toHandle([]); },

  millrace_number__deps: ['$Millrace'],
  millrace_number__sig: 'id',
  millrace_number: function(number) { return Millrace.toHandle(number); },

  // ---- objects of the core

  millrace_core_object__deps: ['$Millrace'],
  millrace_core_object__sig: 'iiii',
  millrace_core_object: function(table, count, object) {
    var kind = Millrace.kinds[table] = Millrace.kinds[table] || Millrace.methods(table, count);
    return Millrace.toHandle(Object.assign(Object.create(kind), { object: object }));
  },

  // Methods of the module, which need no object.
  millrace_export__deps: ['$Millrace'],
  millrace_export__sig: 'vii',
  millrace_export: function(table, count) { Object.assign(Module, Millrace.methods(table, count)); },

  // ---- values to JavaScript

  millrace_text__deps: ['$Millrace'],
  millrace_text__sig: 'iii',
  millrace_text: function(data, size) { return Millrace.toHandle(Millrace.text(data, size)); },

  // A copy, because wasm memory moves when it grows.
  millrace_bytes__deps: ['$Millrace'],
  millrace_bytes__sig: 'iii',
  millrace_bytes: function(data, size) { return Millrace.toHandle(HEAPU8.slice(data, data + size)); },

  // `undefined` if the text is not JSON.
  millrace_parse_json__deps: ['$Millrace'],
  millrace_parse_json__sig: 'iii',
  millrace_parse_json: function(data, size) {
    try {
      return Millrace.toHandle(JSON.parse(Millrace.text(data, size)));
    } catch (error) {
      return Millrace.toHandle(undefined);
    }
  },

  millrace_set_text__deps: ['$Millrace'],
  millrace_set_text__sig: 'viiii',
  millrace_set_text: function(object, key, data, size) {
    Millrace.toValue(object)[Millrace.name(key)] = Millrace.text(data, size);
  },

  millrace_set_number__deps: ['$Millrace'],
  millrace_set_number__sig: 'viid',
  millrace_set_number: function(object, key, value) {
    Millrace.toValue(object)[Millrace.name(key)] = value;
  },

  millrace_set_value__deps: ['$Millrace'],
  millrace_set_value__sig: 'viii',
  millrace_set_value: function(object, key, value) {
    Millrace.toValue(object)[Millrace.name(key)] = Millrace.toValue(value);
  },

  millrace_push__deps: ['$Millrace'],
  millrace_push__sig: 'vii',
  millrace_push: function(array, value) { Millrace.toValue(array).push(Millrace.toValue(value)); },

  millrace_join__deps: ['$Millrace'],
  millrace_join__sig: 'iiii',
  millrace_join: function(string, data, size) {
    return Millrace.toHandle(Millrace.toValue(string) + Millrace.text(data, size));
  },

  // ---- values from JavaScript (key 0: the value itself)

  millrace_kind__deps: ['$Millrace'],
  millrace_kind__sig: 'iii',
  millrace_kind: function(object, key) {
    var value = Millrace.toValue(object);
    return Millrace.kindOf(key ? value[Millrace.name(key)] : value);
  },

  // A property of the object that is none of the keys, and the key that was meant; `undefined` if there is
  // none.
  millrace_other_field__deps: ['$Millrace'],
  millrace_other_field__sig: 'iiii',
  millrace_other_field: function(object, keys, count) {
    var value = Millrace.toValue(object);
    var known = [];
    for (var i = 0; i < count; i++) known.push(Millrace.name(HEAPU32[(keys >> 2) + i]));
    for (var name of Object.keys(value)) {
      if (value[name] === undefined || known.indexOf(name) >= 0) continue;
      var near = Millrace.nearest(name, known);
      return Millrace.toHandle('"' + name + '": ' + (near ? 'did you mean "' + near + '"?'
        : 'it has ' + known.filter(function(key) { return key !== 'verbatim'; }).join(', ')));
    }
    return Millrace.toHandle(undefined);
  },

  millrace_get__deps: ['$Millrace'],
  millrace_get__sig: 'iii',
  millrace_get: function(object, key) {
    return Millrace.toHandle(Millrace.toValue(object)[Millrace.name(key)]);
  },

  millrace_get_number__deps: ['$Millrace'],
  millrace_get_number__sig: 'dii',
  millrace_get_number: function(object, key) {
    var value = Millrace.toValue(object);
    return Number(key ? value[Millrace.name(key)] : value);
  },

  // The number of code units of a string, bytes of a Uint8Array, or elements of an array.
  millrace_length__deps: ['$Millrace'],
  millrace_length__sig: 'iii',
  millrace_length: function(object, key) {
    var value = Millrace.toValue(object);
    return (key ? value[Millrace.name(key)] : value).length;
  },

  // REQUIRES: a string, and room for 3 bytes per code unit.
  millrace_read_text__deps: ['$Millrace'],
  millrace_read_text__sig: 'iiii',
  millrace_read_text: function(object, key, into) {
    var value = Millrace.toValue(object);
    return Millrace.writeText(key ? value[Millrace.name(key)] : value, into);
  },

  // REQUIRES: a Uint8Array, and room for it.
  millrace_read_bytes__deps: ['$Millrace'],
  millrace_read_bytes__sig: 'viii',
  millrace_read_bytes: function(object, key, into) {
    var value = Millrace.toValue(object);
    HEAPU8.set(key ? value[Millrace.name(key)] : value, into);
  },

  millrace_element__deps: ['$Millrace'],
  millrace_element__sig: 'iii',
  millrace_element: function(array, index) { return Millrace.toHandle(Millrace.toValue(array)[index]); },

  // The value as a string of JSON; `undefined` for a value without JSON (a function, a cycle, a BigInt).
  millrace_stringify__deps: ['$Millrace'],
  millrace_stringify__sig: 'ii',
  millrace_stringify: function(value) {
    try {
      return Millrace.toHandle(JSON.stringify(Millrace.toValue(value)));
    } catch (error) {
      return Millrace.toHandle(undefined);
    }
  },

  // ---- calls

  // Calls `callback`; returns 0 if it threw. The exception is reported and stops here.
  millrace_call__deps: ['$Millrace'],
  millrace_call__sig: 'iiii',
  millrace_call: function(callback, first, second) {
    try {
      Millrace.toValue(callback)(Millrace.toValue(first), Millrace.toValue(second));
      return 1;
    } catch (error) {
      // A module that trapped must not continue.
      if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) throw error;
      console.error(error);
      return 0;
    }
  },
});
