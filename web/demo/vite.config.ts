import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  plugins: [react()],
  // The demo runs on the package as it is built, under the name that users import it by.
  resolve: { alias: { millrace: here('../dist/index.js') } },
  worker: { format: 'es' },
  build: {
    outDir: here('./dist'),
    emptyOutDir: true,
    target: 'es2022',
    // The page's policy allows no data: addresses for scripts, styles or the wasm file.
    assetsInlineLimit: 0,
  },
});
