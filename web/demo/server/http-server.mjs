// The demo's HTTP server: the built page, and an OpenAI-compatible endpoint beside it.
//
//   GET  /…                    files of the built page
//   GET  /v1/models            the models this server answers as
//   POST /v1/chat/completions  a reply, streamed or whole
//   POST /demo/pace            changes the rate of a reply that is streaming
//
// It listens on the loopback address only and refuses requests made under another host name, so
// that no page on the web can reach it by pointing its own name at 127.0.0.1.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { handleChatCompletions, handleModels } from './chat-completions.mjs';
import { HttpError, sendJson } from './messages.mjs';
import { handlePace } from './pace.mjs';
import { sendFile } from './static-files.mjs';

const HOST = '127.0.0.1';
const LOCAL_NAMES = new Set(['127.0.0.1', 'localhost']);

// 'wasm-unsafe-eval' is what WebAssembly needs; connect-src is open because a person may enter the
// address of another model server. The policy goes with every file: a Worker has the one its own
// script came with.
const HEADERS = {
  'Content-Security-Policy': [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob: https:",
    "connect-src 'self' https: http:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/**
 * @param {{ root: string, port: number, orAnyFreePort?: boolean }} options root: folder of the
 *   built page; port 0: any free one.
 * @returns {Promise<{ address: string, close: () => Promise<void> }>}
 */
export async function startServer({ root, port, orAnyFreePort = false }) {
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    route(root, request, response).catch((error) => sendError(response, error));
  });
  await listen(server, port, orAnyFreePort);
  return {
    address: `http://${HOST}:${server.address().port}/`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server, port, orAnyFreePort) {
  server.listen(port, HOST);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error.code !== 'EADDRINUSE' || !orAnyFreePort) throw error;
    server.listen(0, HOST);
    await once(server, 'listening');
  }
}

async function route(root, request, response) {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  if (!LOCAL_NAMES.has(host)) throw new HttpError(403, 'This server answers local requests only.');
  const path = new URL(request.url, 'http://local').pathname;
  switch (`${request.method} ${path}`) {
    case 'GET /v1/models': return handleModels(response);
    case 'POST /v1/chat/completions': return handleChatCompletions(request, response);
    case 'POST /demo/pace': return handlePace(request, response);
  }
  if (path.startsWith('/v1/')) throw new HttpError(404, `There is no ${request.method} ${path}.`);
  if (request.method !== 'GET' && request.method !== 'HEAD') throw new HttpError(405, 'Only GET.');
  return sendFile(root, path, request.method, response);
}

function sendError(response, error) {
  if (response.headersSent) return void response.destroy();
  const known = error instanceof HttpError;
  if (!known) console.error(error);
  sendJson(response, known ? error.status : 500, {
    error: { message: known ? error.message : 'The server failed.', type: known ? error.type : 'server_error' },
  });
}
