import assert from 'node:assert/strict';
import { test } from 'node:test';
import { violations } from './layers.mjs';

/** The complaints about one file, checked together with others. */
const check = (file, text, others = {}) => violations(new Map([...Object.entries(others), [file, text]]));

const forbidden = [
  ['a lower room including a higher one', 'core/src/model/a.cc', '#include "millrace/storage/storage.h"\n', 'room model may not include room storage'],
  ['a private header of a higher room', 'core/src/storage/a.cc', '#include "messages/cycle.h"\n', 'room storage may not include room messages'],
  ['pubsub knowing the model', 'core/include/millrace/pubsub/a.h', '#include "millrace/model/event.h"\n', 'room pubsub may not include room model'],
  ['streams knowing the storage', 'core/src/streams/a.cc', '#include "millrace/storage/storage.h"\n', 'room streams may not include room storage'],
  ['streams knowing the messages', 'core/src/streams/a.cc', '#include "millrace/messages/store.h"\n', 'room streams may not include room messages'],
  ['sqlite3.h outside the storage', 'core/src/messages/a.cc', '#include <sqlite3.h>\n', 'sqlite3.h belongs to'],
  ['sqlite3.h in a public header', 'core/include/millrace/storage/a.h', '#include "sqlite3.h"\n', 'sqlite3.h belongs to'],
  ['a third-party public header', 'core/include/millrace/model/a.h', '#include <nlohmann/json.hpp>\n', 'no third-party header'],
  ['a public header including a private one', 'core/include/millrace/storage/a.h', '#include "storage/sqlite/schema.h"\n', 'public headers only'],
  ['an include that names no room', 'core/src/model/a.cc', '#include "part.h"\n', 'names no room'],
  ['a room nobody planned', 'core/src/utils/a.cc', '\n', 'no room "utils"'],
  ['Emscripten in the core', 'core/src/streams/a.cc', '#include <emscripten/val.h>\n', 'no platform'],
  ['a thread in the core', 'core/src/messages/a.cc', '#include <thread>\n', 'no platform'],
  ['a clock header in the core', 'core/include/millrace/base/time.h', '#include <chrono>\n', 'no platform'],
  ['reading the time', 'core/src/base/a.cc', 'int f() { return time(nullptr); }\n', 'reads no clock'],
  ['rolling dice', 'core/src/messages/a.cc', 'std::random_device device;\n', 'no source of randomness'],
  ['throwing', 'core/src/base/a.cc', 'void f() { throw 1; }\n', 'throws nothing'],
  ['SQL outside storage/sqlite', 'core/src/messages/a.cc', 'auto q = "DELETE FROM deltas";\n', 'SQL outside'],
  ['the border reading a private header', 'wasm/bindings.cpp', '#include "storage/sqlite/schema.h"\n', 'its own headers only'],
  ['the border reading SQLite', 'wasm/bindings.cpp', '#include <sqlite3.h>\n', 'sqlite3.h belongs to'],
  ['the page running the worker', 'web/src/client/a.ts', "import { serve } from '../worker/serve.js';\n", 'may not import the worker side'],
  ['the page running the worker, lazily', 'web/src/client/a.ts', "void import('../worker/serve.js');\n", 'may not import the worker side'],
  ['the worker running the page', 'web/src/worker/a.ts', "import { Client } from '../client/client.js';\n", 'may not import the page side'],
  ['the entry running the worker', 'web/src/index.ts', "export { serve } from './worker/serve.js';\n", 'no code of the worker'],
  ['a live query taking code of the page', 'web/src/live/a.ts', "import { MillraceError } from '../errors.js';\n", 'may not import the shared side'],
  ['the page using a live query', 'web/src/client/a.ts', "import { liveMessage } from '../live/index.js';\n", 'may not import the live side'],
  ['a binding reaching past the entry', 'web/src/react/a.ts', "import { x } from '../client/x.js';\n", 'may not import the page side'],
  ['an importer taking code of the page', 'web/src/history/a.ts', "import { MillraceError } from '../errors.js';\n", 'may not import the shared side'],
  ['the messages of providers taking code of the page', 'web/src/providers/a.ts', "import { openStore } from '../client/open-store.js';\n", 'may not import the page side'],
  ['the page using an importer', 'web/src/client/a.ts', "import { importClaude } from '../history/import-claude.js';\n", 'may not import the history side'],
  ['the protocol importing a value', 'web/src/protocol.ts', "import { x } from './errors.js';\n", 'imports types only'],
  ['a dependency at run time', 'web/src/client/a.ts', "import { z } from 'zod';\n", 'imports nothing at run time'],
  ['leaving the sources', 'web/src/client/a.ts', "import { x } from '../../demo/x.js';\n", 'leaves web/src'],
  ['the demo reaching inside', 'web/demo/src/a.ts', "import { x } from '../../src/client/x.js';\n", 'a user of the package'],
];

for (const [name, file, text, expected] of forbidden) {
  test(`layers: ${name} fails`, () => {
    const found = check(file, text);
    assert.equal(found.length, 1, found.join('\n'));
    assert.ok(found[0].startsWith(`${file}:1: `) && found[0].includes(expected), found[0]);
  });
}

const allowed = [
  ['a room using the rooms below', 'core/src/messages/a.cc',
    '#include <vector>\n#include "messages/cycle.h"\n#include "millrace/storage/storage.h"\n#include "millrace/pubsub/broker.h"\n'],
  ['SQLite where it lives', 'core/src/storage/vfs/a.cc', '#include <sqlite3.h>\n'],
  ['the salts of the VFS', 'core/src/storage/vfs/a.cc', '#include <random>\nstd::random_device device;\n'],
  ['SQL where it lives', 'core/src/storage/sqlite/a.cc', 'auto q = "SELECT id FROM messages";\n'],
  ['words in comments', 'core/src/base/a.cc', '// std::chrono, time(nullptr), throw 1, "DELETE FROM x"\n/* #include <thread> */\n'],
  ['names that only look like clocks', 'core/src/base/a.cc', 'auto a = finish.time; int b = x.time(); int c = first_time(0);\n'],
  ['types across the sides', 'web/src/client/a.ts', "import type { Serve } from '../worker/serve.js';\nimport { type A, type B } from '../worker/b.js';\n"],
  ['shared files', 'web/src/worker/a.ts', "import { MillraceError } from '../errors.js';\n"],
  ['a binding', 'web/src/react/a.ts', "import { useMemo } from 'react';\nimport { openStore } from '../index.js';\nimport { liveMessage } from '../live/index.js';\n"],
  ['an importer', 'web/src/history/a.ts', "import { MillraceError } from '../index.js';\nimport type { Store } from '../api.js';\nimport { x } from './x.js';\n"],
  ['the address of the worker', 'web/src/client/a.ts', "new Worker(new URL('../worker/worker.js', import.meta.url));\n"],
  ['the demo using the package', 'web/demo/src/a.ts', "import { openStore } from 'millrace';\n"],
];

for (const [name, file, text] of allowed) {
  test(`layers: ${name} passes`, () => assert.deepEqual(check(file, text), []));
}

test('layers: the border may include its own headers', () => {
  assert.deepEqual(check('wasm/bindings.cpp', '#include "wasm/value_codec.h"\n#include "timer_pump.h"\n',
    { 'wasm/value_codec.h': '', 'wasm/timer_pump.h': '' }), []);
});
