import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  plugins: [react()],
  // The demo runs on the package as it is built, under the name that users import it by.
  resolve: { alias: [
    { find: /^millrace$/, replacement: here('../dist/module.js') },
    { find: /^millrace\/(live|react)$/, replacement: here('../dist/$1.js') },
    { find: /^millrace\/worker$/, replacement: here('../dist/worker/worker.js') },
  ] },
  worker: { format: 'es' },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: 'es2022',
    // The page's policy allows no data: addresses for scripts, styles or the wasm file.
    assetsInlineLimit: 0,
    // Formulas and languages of code take their room.
    chunkSizeWarningLimit: 1000,
  },
});
