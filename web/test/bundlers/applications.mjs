// @ts-check
/**
 * An application for each bundler, as small as that bundler allows: its files beside page.js, and how it is built and shown.
 * What none of them has is a setting for Millrace, unless `needs` names it.
 */

/**
 * @typedef {object} Application
 * @property {Readonly<Record<string, string>>} packages npm packages by exact version; none: what it needs is in web/node_modules
 * @property {Readonly<Record<string, string>>} files by path
 * @property {readonly string[]} [installed] those of web/node_modules that its files or its build name
 * @property {string} build a command, which makes `output`
 * @property {string} [output] a folder to be served as it is
 * @property {Readonly<Record<string, readonly string[]>>} [servers] by what they are: commands that serve on the port PORT
 * @property {string} [needs] what an application has to set
 * @property {boolean} [server] renders a page on a server, where a store cannot be opened: it shows the error in #server
 */

const HTML = (/** @type {string} */ script) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,"><body>${script}</body></html>`;
/** Where a bundler leaves the address of the Worker as it is written. */
const COPY = 'cp -r node_modules/millrace/dist/worker dist/worker';
const MAIN = "import { run } from './page.js';\nrun();\n";
/** On a server, at module scope. */
const ON_SERVER = "const refused = await openStore().then(() => 'opened', (error) => `${error.name} ${error.code}: ${error.message}`);";

/** The development server of older ones puts the package into one file with others, and does not take its Worker along. */
const EXCLUDE = "optimizeDeps: { exclude: ['millrace'] }";

/** @param {string} version @returns {Application} */
const vite = (version) => ({
  packages: { vite: version },
  files: { 'index.html': HTML('<script type="module" src="/main.js"></script>'), 'main.js': MAIN },
  build: 'vite build',
  output: 'dist',
  servers: { dev: ['vite', '--host', '127.0.0.1', '--strictPort', '--port', 'PORT'] },
});

/** @param {string} version @returns {Application} */
const olderVite = (version) => ({
  ...vite(version),
  files: { ...vite(version).files, 'vite.config.js': `export default { ${EXCLUDE} };\n` },
  needs: `in development: \`${EXCLUDE}\``,
});

/** @type {Readonly<Record<string, Application>>} */
export const APPLICATIONS = {
  'Vite 8': { ...vite('8.3.8'), packages: {} },
  'Vite 7': olderVite('7.3.8'),
  'Vite 6': olderVite('6.4.6'),
  'Vite 5': olderVite('5.4.9'),

  'webpack 5': {
    packages: {},
    files: {
      'main.js': MAIN,
      'build.mjs': `import webpack from 'webpack';
const path = new URL('dist', import.meta.url).pathname;
webpack({ mode: 'production', entry: './main.js', output: { path } }, (error, stats) => {
  if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
});
`,
      'dist.html': HTML('<script src="/main.js"></script>'),
    },
    installed: ['webpack'],
    build: 'node build.mjs',
    output: 'dist',
  },

  Rollup: {
    packages: {},
    installed: ['rollup', '@rollup/plugin-node-resolve'],
    files: { 'main.js': MAIN, 'dist.html': HTML('<script type="module" src="/main.js"></script>') },
    build: `rollup main.js --dir dist --plugin node-resolve && ${COPY}`,
    output: 'dist',
    needs: `the Worker beside the bundle: \`${COPY}\`. It leaves addresses as they are written and copies nothing`,
  },

  esbuild: {
    packages: {},
    installed: ['esbuild'],
    files: { 'main.js': MAIN, 'dist.html': HTML('<script type="module" src="/main.js"></script>') },
    build: `esbuild main.js --bundle --format=esm --outdir=dist && ${COPY}`,
    output: 'dist',
    needs: `\`--format=esm\`, and the Worker beside the bundle: \`${COPY}\``,
  },

  'Parcel 2': {
    packages: { parcel: '2.9.3' },
    files: { 'index.html': HTML('<script type="module" src="./main.js"></script>'), 'main.js': MAIN },
    build: 'parcel build index.html --no-cache',
    output: 'dist',
  },

  Astro: {
    packages: { astro: '7.3.5' },
    files: {
      'src/pages/index.astro': HTML("<script>\nimport { run } from '../../page.js';\nrun();\n</script>"),
    },
    build: 'astro build',
    output: 'dist',
    servers: { dev: ['astro', 'dev', '--host', '127.0.0.1', '--port', 'PORT'] },
  },

  Next: {
    packages: { next: '16.4.6', react: '19.2.0', 'react-dom': '19.2.0' },
    files: {
      'app/layout.js': "export default function Layout({ children }) { return <html lang=\"en\"><body>{children}</body></html>; }\n",
      'app/page.js': `import { openStore } from 'millrace';
import Client from './client.js';
${ON_SERVER}
export default function Page() { return <><p id="server">{refused}</p><Client /></>; }
`,
      'app/client.js': `'use client';
import { useEffect } from 'react';
import { run } from '../page.js';
export default function Client() {
  useEffect(() => { run(); }, []);
  return null;
}
`,
    },
    build: 'next build',
    servers: {
      dev: ['next', 'dev', '--hostname', '127.0.0.1', '--port', 'PORT'],
      build: ['next', 'start', '--hostname', '127.0.0.1', '--port', 'PORT'],
    },
    server: true,
  },

  SvelteKit: {
    packages: { '@sveltejs/kit': '3.2.0', '@sveltejs/vite-plugin-svelte': '7.3.1', svelte: '5.57.3', vite: '8.3.8' },
    files: {
      'vite.config.js': "import { sveltekit } from '@sveltejs/kit/vite';\nexport default { plugins: [sveltekit()] };\n",
      'src/app.html': '<!doctype html><html lang="en"><head>%sveltekit.head%</head><body><div>%sveltekit.body%</div></body></html>',
      'src/routes/+page.server.js': `import { openStore } from 'millrace';\n${ON_SERVER}\nexport const load = () => ({ refused });\n`,
      'src/routes/+page.svelte': `<script>
import { onMount } from 'svelte';
import { run } from '../../page.js';
const { data } = $props();
onMount(() => { run(); });
</script>
<p id="server">{data.refused}</p>
`,
    },
    build: 'vite build',
    servers: {
      dev: ['vite', 'dev', '--host', '127.0.0.1', '--strictPort', '--port', 'PORT'],
      build: ['vite', 'preview', '--host', '127.0.0.1', '--strictPort', '--port', 'PORT'],
    },
    server: true,
  },

  Nuxt: {
    packages: { nuxt: '4.5.2' },
    files: {
      'nuxt.config.js': "export default { telemetry: false, compatibilityDate: '2026-01-01' };\n",
      'app/app.vue': `<script setup>
import { onMounted } from 'vue';
import { openStore } from 'millrace';
import { run } from '../page.js';
const refused = useState('refused', () => '');
if (import.meta.server) {
  ${ON_SERVER.replace('const refused =', 'refused.value =')}
}
onMounted(() => { run(); });
</script>
<template><p id="server">{{ refused }}</p></template>
`,
    },
    build: 'nuxt build',
    servers: {
      dev: ['nuxt', 'dev', '--host', '127.0.0.1', '--port', 'PORT'],
      build: ['node', '.output/server/index.mjs'],
    },
    server: true,
  },
};
