// @ts-check
/** Endpoints that ask the `sqlite3` program: a program that is not ours says whether a file of ours is one of its. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** @import { Endpoint } from './provider.mjs' */

/** The native tests' database of Crush, as SQL inside a C++ raw string. */
const CRUSH = fileURLToPath(new URL('../../../native-tests/storage/fixtures/crush_database.cc', import.meta.url));

/**
 * What `work` gives for the path of a database that is not there yet.
 * @template Result
 * @param {(path: string) => Result} work
 */
function withPath(work) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-sqlite3-'));
  try {
    return work(join(folder, 'database.sqlite3'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} path @param {string} sql */
function query(path, sql) {
  return execFileSync('sqlite3', [path, sql], { encoding: 'utf8' }).trim();
}

/**
 * What the SQL prints, run on files as `readStoreFiles` of page/opfs.js gives them.
 * @param {Readonly<Record<string, string>>} files @param {string} sql
 */
export function queryFiles(files, sql) {
  return withPath((path) => {
    for (const [suffix, content] of Object.entries(files)) writeFileSync(path.replace('.sqlite3', suffix), Buffer.from(content, 'base64'));
    return query(path, sql);
  });
}

/**
 * Answers what `work` gives, or with status 500 what it throws.
 * @param {import('node:http').ServerResponse} response
 * @param {(path: string) => string | Uint8Array} work
 */
function answer(response, work) {
  try {
    response.end(withPath(work));
  } catch (error) {
    response.writeHead(500);
    response.end(String(error));
  }
}

/** @type {Readonly<Record<string, Endpoint>>} */
export const endpoints = {
  /** What the SQL of `sql` prints, run on the database that is the body. */
  async sqlite3(response, url, request) {
    const database = await buffer(request);
    answer(response, (path) => {
      writeFileSync(path, database);
      return query(path, url.searchParams.get('sql') ?? '');
    });
  },

  'crush-database'(response) {
    const sql = /R"sql\((.*)\)sql"/s.exec(readFileSync(CRUSH, 'utf8'))?.[1] ?? '';
    answer(response, (path) => {
      execFileSync('sqlite3', ['-bail', path], { input: sql });
      return readFileSync(path);
    });
  },
};
