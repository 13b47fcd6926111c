// Files of the built page.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { HttpError } from './messages.mjs';

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.json': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
};

export async function sendFile(root, path, method, response) {
  const file = resolve(root, path);
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new HttpError(404, 'There is no such file.', 'not_found');
  response.writeHead(200, {
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Length': found.size,
    // Names under assets/ carry a hash of their content.
    'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (method === 'HEAD') return void response.end();
  // A reader that goes away in the middle is no failure of the server.
  await pipeline(createReadStream(file), response).catch(() => response.destroy());
}

/** Never outside `root`, whatever the path says. */
function resolve(root, path) {
  let name;
  try {
    name = decodeURIComponent(path);
  } catch {
    throw new HttpError(400, 'The path is malformed.');
  }
  if (name.includes('\0')) throw new HttpError(400, 'The path is malformed.');
  const base = normalize(root.endsWith(sep) ? root : root + sep);
  const file = normalize(join(base, name === '/' ? 'index.html' : name));
  if (!file.startsWith(base)) throw new HttpError(404, 'There is no such file.', 'not_found');
  return file;
}
