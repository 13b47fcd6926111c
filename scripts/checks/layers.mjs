// The layering check: which room may include or import what (see core/README.md and CONTRIBUTING.md).
//
//   web  ->  wasm  ->  streams, messages  ->  storage, pubsub  ->  model  ->  base
//
// `violations` is pure (path -> text in, complaints out), so that layers.test.mjs can show that each rule
// works. Paths are relative to the repository, with forward slashes.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import path from 'node:path';
import { filesUnder } from './tree.mjs';

/** Room -> the rooms that it may include, itself among them. */
const ROOMS = {
  base: ['base'],
  model: ['base', 'model'],
  pubsub: ['base', 'pubsub'],
  storage: ['base', 'model', 'storage'],
  messages: ['base', 'model', 'pubsub', 'storage', 'messages'],
  streams: ['base', 'model', 'streams'],
};

/** Headers of a platform, of threads or of a clock. The core may not include them. */
const PLATFORM_HEADER =
  /^(emscripten(\/.*|\.h)|thread|mutex|shared_mutex|condition_variable|future|semaphore|latch|barrier|stop_token|chrono|ctime|time\.h|iostream|fstream|filesystem|pthread\.h|unistd\.h|fcntl\.h|dirent\.h|signal\.h|csignal|windows\.h|sys\/.*)$/;
const PLATFORM_CALL =
  /\bstd::(chrono|this_thread)\b|\b(gettimeofday|clock_gettime|std::time|std::clock)\s*\(|(?<![\w.:>])(time|clock)\s*\(\s*(nullptr|NULL|0)?\s*\)|\b(try\s*\{|catch\s*\(|throw\s+\w)/;
/** Randomness comes from the host, as ids and seeds. Only the VFS must give SQLite random bytes. */
const RANDOM = /\bstd::random_device\b|\bs?rand\s*\(/;
const SQL = /"[^"\n]*\b(SELECT\s.+\sFROM|INSERT\s+INTO|DELETE\s+FROM|CREATE\s+(TABLE|INDEX)|UPDATE\s+\w+\s+SET|PRAGMA\s+\w+)\b/;

/** Blanks comments but keeps line numbers. It is good enough for our sources, which have no raw strings with slashes. */
function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\/|("(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\/\/[^\n]*/g, (all, literal) =>
    literal !== undefined ? all : all.replace(/[^\n]/g, ' '));
}

const lineOf = (text, index) => text.slice(0, index).split('\n').length;

function* matches(text, regex) {
  for (const match of text.matchAll(new RegExp(regex, 'gm'))) yield { match, line: lineOf(text, match.index) };
}

const roomOf = (file) => /^core\/(?:include\/millrace|src)\/([^/]+)\//.exec(file)?.[1];

function checkCoreInclude(file, room, header, quoted) {
  if (header === 'sqlite3.h') {
    return file.startsWith('core/src/storage/') ? undefined : 'sqlite3.h belongs to core/src/storage alone';
  }
  if (!quoted) {
    if (PLATFORM_HEADER.test(header)) return `<${header}>: no platform, thread or clock in the core`;
    if (header.startsWith('nlohmann/') && file.startsWith('core/include/')) {
      return `<${header}>: no third-party header among the public ones`;
    }
    return undefined;
  }
  const isPublic = header.startsWith('millrace/');
  if (!isPublic && file.startsWith('core/include/')) return `"${header}": a public header includes public headers only`;
  const target = (isPublic ? header.slice('millrace/'.length) : header).split('/')[0];
  if (!(target in ROOMS)) return `"${header}" names no room: write "millrace/<room>/..." or "<room>/..."`;
  return ROOMS[room].includes(target) ? undefined : `room ${room} may not include room ${target} ("${header}")`;
}

function* checkCore(file, text) {
  const room = roomOf(file);
  if (!(room in ROOMS)) {
    yield { line: 1, problem: `core/ has no room "${room ?? path.posix.dirname(file)}"` };
    return;
  }
  const code = withoutComments(text);
  for (const { match, line } of matches(code, /^\s*#\s*include\s+(["<])([^">]+)[">]/)) {
    const problem = checkCoreInclude(file, room, match[2], match[1] === '"');
    if (problem) yield { line, problem };
  }
  for (const { match, line } of matches(code, PLATFORM_CALL)) {
    yield { line, problem: `"${match[0].trim()}": the core reads no clock, owns no thread, throws nothing` };
  }
  if (!file.startsWith('core/src/storage/vfs/')) {
    for (const { line } of matches(code, RANDOM)) yield { line, problem: 'the core has no source of randomness' };
  }
  if (file.startsWith('core/src/storage/sqlite/')) return;
  for (const { line } of matches(code, SQL)) yield { line, problem: 'SQL outside core/src/storage/sqlite' };
}

/** The border may include its own headers and the core's public ones, but no private ones. */
function* checkBorder(file, text, files) {
  for (const { match, line } of matches(withoutComments(text), /^\s*#\s*include\s+(["<])([^">]+)[">]/)) {
    const header = match[2];
    if (header === 'sqlite3.h') yield { line, problem: 'sqlite3.h belongs to core/src/storage alone' };
    if (match[1] !== '"' || header.startsWith('millrace/')) continue;
    if (!files.has(`wasm/${header.replace(/^wasm\//, '')}`)) {
      yield { line, problem: `"${header}": wasm includes "millrace/..." and its own headers only` };
    }
  }
}

const SIDES = [
  ['worker', 'web/src/worker/'],
  ['live', 'web/src/live/'],
  ['react', 'web/src/react/'],
  ['history', 'web/src/history/'],
  ['providers', 'web/src/providers/'],
  ['page', 'web/src/client/'],
];
/** The package's entry files, which connect the sides. */
const ENTRIES = new Set(['web/src/index.ts', 'web/src/node-store.ts']);
const sideOf = (file) => ENTRIES.has(file) ? 'entry' : SIDES.find(([, folder]) => file.startsWith(folder))?.[0] ?? 'shared';
/** Side -> the sides whose values it may import. It may import any types, because they vanish in the build. */
const SIDE_IMPORTS = {
  shared: ['shared'],
  worker: ['worker', 'shared'],
  page: ['page', 'shared'],
  providers: ['providers', 'shared'],
  // A subpath of the package is a file of its own. What it imported from the rest would be on a page twice.
  live: ['live'],
  react: ['react', 'live', 'entry'],
  history: ['history', 'entry'],
};
const TYPES_ONLY = new Set(['web/src/calls.ts', 'web/src/protocol.ts', 'web/src/types.ts', 'web/src/core-module.ts']);

function* imports(text) {
  const code = withoutComments(text);
  const regex = /\b(import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]|\bimport\s*\(\s*['"]([^'"]+)['"]/;
  for (const { match, line } of matches(code, regex)) {
    const onlyTypes = match[2] !== undefined || /^\w+\s+\{(\s*type\s+[\w$]+(\s+as\s+[\w$]+)?\s*,?)+\s*\}\s+from/.test(match[0]);
    yield { line, specifier: match[3] ?? match[4], onlyTypes };
  }
}

function checkWebImport(file, specifier, onlyTypes) {
  if (!specifier.startsWith('.')) {
    if (onlyTypes) return undefined;
    return sideOf(file) === 'react' && specifier === 'react' ? undefined : `the package imports nothing at run time ("${specifier}")`;
  }
  const target = path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/, '.ts');
  if (!target.startsWith('web/src/')) return `"${specifier}" leaves web/src`;
  if (onlyTypes) return undefined;
  if (TYPES_ONLY.has(file)) return `${path.posix.basename(file)} imports types only ("${specifier}")`;
  if (ENTRIES.has(file)) return sideOf(target) === 'worker' ? `the page loads no code of the worker ("${specifier}")` : undefined;
  const [from, to] = [sideOf(file), sideOf(target)];
  return SIDE_IMPORTS[from].includes(to) ? undefined : `the ${from} side may not import the ${to} side ("${specifier}")`;
}

function* checkWeb(file, text) {
  for (const { line, specifier, onlyTypes } of imports(text)) {
    const problem = checkWebImport(file, specifier, onlyTypes);
    if (problem) yield { line, problem };
  }
}

/** The demo and the example are users: they may import the package, but not its inner files. */
function* checkUser(file, text) {
  for (const { line, specifier } of imports(text)) {
    if (/(^|\/)web\/(src|dist)\//.test(path.posix.join(path.posix.dirname(file), specifier))) {
      yield { line, problem: `a user of the package imports 'millrace', not its inside ("${specifier}")` };
    }
  }
}

function checkFile(file, text, files) {
  if (/^core\/(include|src)\/.*\.(h|cc)$/.test(file)) return checkCore(file, text);
  if (/^wasm\/.*\.(h|cc|cpp)$/.test(file)) return checkBorder(file, text, files);
  if (/^web\/src\/.*\.tsx?$/.test(file)) return checkWeb(file, text);
  if (/^web\/(demo|bench)\/.*\.(tsx?|m?js)$/.test(file)) return checkUser(file, text);
  return [];
}

/** @param {Map<string, string>} files path -> text. @returns {string[]} "file:line: problem" */
export function violations(files) {
  const found = [];
  for (const [file, text] of files) {
    for (const { line, problem } of checkFile(file, text, files)) found.push(`${file}:${line}: ${problem}`);
  }
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const paths = filesUnder(['core', 'wasm', 'web/src', 'web/demo', 'web/bench']);
  const found = violations(new Map(paths.map((file) => [file, readFileSync(file, 'utf8')])));
  for (const line of found) console.error(line);
  if (found.length > 0) process.exit(1);
  console.log(`layers: ${paths.length} files, no forbidden include or import`);
}
