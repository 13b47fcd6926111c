// @ts-check
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { endpoints as provider } from './provider.mjs';
import { endpoints as sqlite3 } from './sqlite3.mjs';

/** @import { Endpoint } from './provider.mjs' */


/** The strictest policy that Millrace promises to work under. No COOP, no COEP. */
export const CONTENT_SECURITY_POLICY = "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'";

/** @type {Readonly<Record<string, string>>} */
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
  '.json': 'application/json', '.wasm': 'application/wasm',
};

const EMPTY_PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Millrace test</title></html>';

/**
 * Serves folders and the provider's endpoints on 127.0.0.1, on a free port.
 * @param {Readonly<Record<string, string>>} folders first part of the path -> folder
 * @param {{ policy?: string; pages?: Readonly<Record<string, string>>; endpoints?: Readonly<Record<string, Endpoint>>; anyOrigin?: boolean; cacheControl?: string }} [options]
 *   `pages`: path -> content; `endpoints`: more of them; `anyOrigin`: pages of other origins may use the files, as with a CDN
 */
export async function serve(folders, { policy = CONTENT_SECURITY_POLICY, pages = {}, endpoints: more = {}, anyOrigin = false, cacheControl = 'no-store' } = {}) {
  const endpoints = { ...provider, ...sqlite3, ...more };
  /** @param {URL} url */
  const find = async (url) => {
    const page = pages[url.pathname] ?? (url.pathname === '/' ? EMPTY_PAGE : undefined);
    if (page !== undefined) return { body: page, type: TYPES[extname(url.pathname)] ?? TYPES['.html'] };
    const [, first = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const folder = folders[first] ?? folders[''];
    const path = normalize(join('/', ...(first in folders ? rest : [first, ...rest])));
    if (folder === undefined) return undefined;
    const body = await readFile(join(folder, path)).catch(() => undefined);
    return body && { body, type: TYPES[extname(path)] ?? 'application/octet-stream' };
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const endpoint = url.pathname.startsWith('/provider/') ? endpoints[url.pathname.slice('/provider/'.length)] : undefined;
    if (endpoint) return void endpoint(response, url, request);
    const found = await find(url);
    response.writeHead(found ? 200 : 404, {
      'content-type': found?.type ?? 'text/plain', 'content-security-policy': policy, 'cache-control': cacheControl,
      ...(anyOrigin ? { 'access-control-allow-origin': '*' } : {}),
    });
    response.end(found?.body ?? 'not found');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no address');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
