// Checks for circles: no file of the package may import a file that imports it, directly or through others.
// Imports of types count too, because of two files in a circle neither can be read before the other.
//
// `circles` is pure (path -> text in, circles out), so that circles.test.mjs can show that the check works.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { filesUnder } from './tree.mjs';

const IMPORT = /^\s*(?:import|export)\b[^;'"]*?\bfrom\s+'(\.[^']+)\.js'/gm;

/** File -> the given files that it imports. */
function graphOf(files) {
  return new Map([...files].map(([file, text]) => [file, [...text.matchAll(IMPORT)]
    .map(([, specifier]) => `${path.posix.join(path.posix.dirname(file), specifier)}.ts`).filter((target) => files.has(target))]));
}

/** The circles found in one pass through the files. Each is the list of its files, with the first file again at the end. */
export function circles(files) {
  const graph = graphOf(files);
  const found = [];
  const done = new Set();
  const way = [];
  const visit = (file) => {
    if (way.includes(file)) found.push([...way.slice(way.indexOf(file)), file]);
    if (done.has(file) || way.includes(file)) return;
    way.push(file);
    for (const next of graph.get(file)) visit(next);
    way.pop();
    done.add(file);
  };
  for (const file of graph.keys()) visit(file);
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const files = new Map(filesUnder(['web/src']).filter((file) => file.endsWith('.ts')).map((file) => [file, readFileSync(file, 'utf8')]));
  const found = circles(files);
  for (const circle of found) console.error(`a circle of imports: ${circle.join(' -> ')}`);
  console.log(`circles: ${found.length} among ${files.size} files`);
  if (found.length > 0) process.exitCode = 1;
}
