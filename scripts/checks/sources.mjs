// Two rules about source files:
//   - every C++ source on disk is in the build, because a test outside the build would pass for ever;
//   - no file is longer than the norm, unless its first lines say "Longer than the norm because ...".
// Usage: node scripts/checks/sources.mjs build/asan/compile_commands.json
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesUnder } from './tree.mjs';

/** [which files, most lines]: the first match counts. */
const NORMS = [
  [/\.h$/, 200],
  [/\.(cc|cpp)$/, 400],
  [/\.tsx?$/, 250],
  [/\.(m?js|css)$/, 400],
];

/** Sources on disk that no compile command names. */
export function notBuilt(onDisk, compiled) {
  return onDisk.filter((file) => /\.cc$/.test(file) && !compiled.has(file));
}

/** The sources inside a unity source of CMake. For any other source, the source itself. */
export function piecesOf(source, read) {
  if (!/\/Unity\/unity_\d+_cxx\.cxx$/.test(source)) return [source];
  return [...read(source).matchAll(/^#include "(.+)"$/gm)].map(([, piece]) => piece);
}

/** @param {Map<string, string>} files path -> text. */
export function tooLong(files) {
  return [...files].flatMap(([file, text]) => {
    const norm = NORMS.find(([regex]) => regex.test(file))?.[1] ?? Infinity;
    const lines = text.split('\n').length - 1;
    const excused = text.split('\n', 10).some((line) => line.includes('Longer than the norm because'));
    return lines > norm && !excused ? [`${file}: ${lines} lines, the norm is ${norm}: split it, or say why at the top`] : [];
  });
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const commands = JSON.parse(readFileSync(process.argv[2], 'utf8'));
  const compiled = new Set(commands
    .flatMap(({ directory, file }) => piecesOf(path.resolve(directory, file), (unity) => readFileSync(unity, 'utf8')))
    .map((source) => path.relative('.', source)));
  const paths = filesUnder(['core', 'native-tests', 'wasm', 'web/src', 'web/demo', 'web/test', 'web/bench', 'scripts']);
  const found = [
    ...notBuilt(paths.filter((file) => /^(core|native-tests)\//.test(file)), compiled)
      .map((file) => `${file}: in no target of the build`),
    ...tooLong(new Map(paths.map((file) => [file, readFileSync(file, 'utf8')]))),
  ];
  for (const line of found) console.error(line);
  if (found.length > 0) process.exit(1);
  console.log(`sources: ${compiled.size} compiled, none left out, none too long`);
}
