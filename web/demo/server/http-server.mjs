// The demo's HTTP server: the built page, and a model in four protocols beside it.
//
//   GET  /…                     files of the built page
//   GET  /v1/models             the models this server answers as
//   POST /v1/chat/completions   a reply in OpenAI's chat protocol, streamed or whole
//   POST /v1/responses          in that of OpenAI's Responses, streamed
//   GET  /v1/responses/<id>     goes on with one of those after an event
//   POST /v1/messages           in that of Anthropic's Messages, streamed
//   POST /api/chat              as a UI message stream of the AI SDK
//   GET  /api/chat/<id>/stream  such a stream again, from its beginning
//   GET  /demo/replies/<name>   any reply with a name again, from its beginning
//   POST /demo/pace             changes the rate of a reply that is streaming
//   POST /demo/cut              breaks the connections of replies that are streaming
//
// It listens on the loopback address only and refuses requests made under another host name, so
// that no page on the web can reach it by pointing its own name at 127.0.0.1.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { HttpError, sendJson } from './messages.mjs';
import { handlePace } from './pace.mjs';
import { handleMessages } from './protocols/anthropic-messages.mjs';
import { handleChatCompletions, handleModels } from './protocols/chat-completions.mjs';
import { handleResponseAgain, handleResponses } from './protocols/responses.mjs';
import { handleUiMessages } from './protocols/ui-messages.mjs';
import { dropAllReplies, handleCut, handleReplay } from './resumable-replies.mjs';
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
      dropAllReplies();
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
  const { pathname: path, searchParams } = new URL(request.url, 'http://local');
  switch (`${request.method} ${path}`) {
    case 'GET /v1/models': return handleModels(response);
    case 'POST /v1/chat/completions': return handleChatCompletions(request, response);
    case 'POST /v1/responses': return handleResponses(request, response);
    case 'POST /v1/messages': return handleMessages(request, response);
    case 'POST /api/chat': return handleUiMessages(request, response);
    case 'POST /demo/pace': return handlePace(request, response);
    case 'POST /demo/cut': return handleCut(request, response);
  }
  if (request.method === 'GET') {
    const [, responseId] = /^\/v1\/responses\/([^/]+)$/.exec(path) ?? [];
    if (responseId !== undefined) return handleResponseAgain(response, responseId, searchParams);
    const [, reply, chat] = /^\/(?:demo\/replies\/([^/]+)|api\/chat\/([^/]+)\/stream)$/.exec(path) ?? [];
    if (reply !== undefined || chat !== undefined) return handleReplay(response, reply ?? chat);
  }
  if (/^\/(v1|api)\//.test(path)) throw new HttpError(404, `There is no ${request.method} ${path}.`);
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
