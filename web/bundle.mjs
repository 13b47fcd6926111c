// Makes one file each of the page's and of the Worker's modules: without a bundler, a page that opens a
// store waits for three requests instead of some fifty, one behind the other. Bundlers take these as they
// would take the modules: addresses of Worker and wasm stay as they were written. Nothing is minified;
// that is for whoever serves it. The single modules stay for Node, which has both sides in one thread.
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

for (const entry of ['dist/index.js', 'dist/worker/worker.js']) {
  const file = fileURLToPath(new URL(entry, import.meta.url));
  const bundle = await rolldown({ input: file, platform: 'browser' });
  await bundle.write({ file, format: 'esm' });
  await bundle.close();
}
