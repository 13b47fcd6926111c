// Entry: starts the demo's server and prints its address as the last line.
import { fileURLToPath } from 'node:url';
import { startServer } from './http-server.mjs';

const PREFERRED_PORT = 4173;

const root = fileURLToPath(new URL('../dist/', import.meta.url));
const asked = process.env.PORT;
const server = await startServer({
  root,
  port: asked === undefined ? PREFERRED_PORT : Number(asked),
  // A port somebody asked for is not silently replaced; the preferred one may be.
  orAnyFreePort: asked === undefined,
});

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}
console.log(`Millrace demo: ${server.address}`);
