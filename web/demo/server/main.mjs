// Entry: starts the demo's server and prints its address as the last line.
import { fileURLToPath } from 'node:url';
import { startServer } from './http-server.mjs';

const PREFERRED_PORT = 4173;

const root = fileURLToPath(new URL('../dist/', import.meta.url));
const asked = process.env.PORT;
// A port somebody asked for is not silently replaced; the preferred one may be.
const server = await startServer({ root, port: Number(asked ?? PREFERRED_PORT), orAnyFreePort: asked === undefined })
  .catch((error) => {
    console.error(`The demo cannot listen on port ${asked ?? PREFERRED_PORT}: ${error.message}`);
    process.exit(1);
  });

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void server.close().then(() => process.exit(0)));
}
console.log(`Millrace demo: ${server.address}`);
