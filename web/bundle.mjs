// Makes one file each of the page's and of the Worker's modules: without a bundler, a page that opens a
// store waits for three requests instead of some fifty, one behind the other. Bundlers take these as they
// would take the modules: addresses of Worker and wasm stay as they were written. Nothing is minified;
// that is for whoever serves it.
//
// Node has both sides in one thread, and so in one file: what it imports, and what it requires. Jest
// requires, as it runs no ES modules of packages.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The source itself is bundled, not what the compiler made of it: the maps lead to what people wrote. */
async function write({ plugins = [], ...options }, output) {
  const bundle = await rolldown({ ...options, plugins: [...plugins, SOURCE] });
  await bundle.write({ ...output, sourcemap: true });
  await bundle.close();
}

const SOURCE = {
  name: 'source',
  resolveId(id, importer) {
    // Emscripten's scripts are products of the build.
    if (/^\.\/millrace-(core|streams)\.js$/.test(id)) return here(`dist/worker/${id}`);
    if (!importer || !id.startsWith('.')) return undefined;
    return fileURLToPath(new URL(id.replace(/\.js$/, '.ts'), pathToFileURL(importer)));
  },
};

/** Name in the package -> its source. */
const SUBPATHS = {
  live: 'live/index', react: 'react/index', 'import-chatgpt': 'history/import-chatgpt', 'import-claude': 'history/import-claude',
};

const NODE = here('src/node.js');
const NODE_SOURCE = `
import * as side from './worker/in-process.js';
import { storesInNode } from './node-store.js';
export * from './index.js';
export const { openStore, deleteStore } = storesInNode(side, {
  core: new URL('./millrace-core.wasm', import.meta.url),
  streams: new URL('./millrace-streams.wasm', import.meta.url),
});
`;
/** What a page has and a document of jsdom in Jest has not, or not all of, from Node. */
const GLOBALS = `
const { TextDecoder, TextEncoder } = require('node:util');
const { Blob } = require('node:buffer');
const { MessageChannel, receiveMessageOnPort } = require('node:worker_threads');
const structuredClone = globalThis.structuredClone ?? ((value, { transfer = [] } = {}) => {
  const { port1, port2 } = new MessageChannel();
  try {
    port1.postMessage(value, transfer);
    return receiveMessageOnPort(port2).message;
  } finally {
    port1.close();
  }
});
`;
const node = {
  input: NODE,
  platform: 'node',
  plugins: [{ name: 'node', resolveId: (id) => (id === NODE ? NODE : undefined), load: (id) => (id === NODE ? NODE_SOURCE : undefined) }],
};

/** A subpath takes what another one of the package has from there, so that a page holds each of them once. */
const OTHER_ENTRIES = { '../index.js': 'millrace', '../live/index.js': 'millrace/live' };
const subpath = (source) => ({
  input: here(`src/${source}.ts`),
  platform: 'browser',
  external: ['react'],
  plugins: [{
    name: 'other entries',
    resolveId: (id, importer) => (importer && id in OTHER_ENTRIES ? { id: OTHER_ENTRIES[id], external: true } : undefined),
  }],
});

// The types of what is required: a compiler reads them as those of a CommonJS module by their ending.
const rooms = new Set([...Object.values(SUBPATHS).map((source) => source.split('/')[0]), 'providers']);
const ofSubpaths = [...rooms].flatMap((room) => readdirSync(here(`dist/${room}`)).filter((file) => file.endsWith('.d.ts'))
  .map((file) => `${room}/${file.slice(0, -'.d.ts'.length)}`));
for (const name of ['index', 'api', 'types', 'errors', 'client/open-store', ...ofSubpaths]) {
  const types = readFileSync(here(`dist/${name}.d.ts`), 'utf8');
  writeFileSync(here(`dist/${name}.d.cts`), types.replace(/(from '\.[^']*)\.js'/g, "$1.cjs'"));
}

// Beside the module, as its address is written in there: a server's bundler looks whether the file is there.
await write(node, { file: here('dist/worker/node.js'), format: 'esm' });
await write(node, { file: here('dist/worker/node.cjs'), format: 'cjs', banner: GLOBALS });
// Bundlers take some files instead of one. Who imports MillraceError alone gets no Worker then: some bundlers take along
// whatever a file names by its address, whether the file is used or not.
const partOfModule = (source) => ({
  input: here(source),
  platform: 'browser',
  plugins: [{ name: 'errors', resolveId: (id, importer) => (importer && id.endsWith('/errors.js') ? { id: './errors.js', external: true } : undefined) }],
});
await write(partOfModule('src/client/open-store.ts'), { file: here('dist/store.js'), format: 'esm' });
await write(partOfModule('src/providers/index.ts'), { file: here('dist/providers.js'), format: 'esm' });
writeFileSync(here('dist/module.js'), `export { deleteStore, openStore } from './store.js';
export { MillraceError } from './errors.js';
export { toProviderMessages } from './providers.js';
`);

await write({ input: here('src/errors.ts') }, { file: here('dist/errors.js'), format: 'esm' });
for (const entry of ['index', 'worker/worker']) {
  // Emscripten's script asks whether it runs under Node, for which Parcel would want to install something.
  await write(
    { input: here(`src/${entry}.ts`), platform: 'browser', transform: { define: { process: 'undefined' } } },
    { file: here(`dist/${entry}.js`), format: 'esm' },
  );
}
for (const [name, source] of Object.entries(SUBPATHS)) {
  await write(subpath(source), { file: here(`dist/${name}.js`), format: 'esm' });
  await write(subpath(source), { file: here(`dist/${name}.cjs`), format: 'cjs' });
}
