// @ts-check
/** The Markdown files of the project, their blocks of code and their links. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** @typedef {{ file: string; line: number; language: string; runs: boolean; code: string }} Block `line`: of its first line of code */

export function markdownFiles() {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], { cwd: root, encoding: 'utf8' });
  // The demo's provider says its prose; it is no documentation.
  return listed.trim().split('\n').filter((file) => !file.startsWith('web/demo/server/prose/') && existsSync(join(root, file)));
}

/** @param {string} file @returns {Block[]} */
export function blocksOf(file) {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```(\w+)([^\n]*)\n(.*?)^```$/gms)].map((match) => ({
    file, line: text.slice(0, match.index).split('\n').length + 1,
    language: String(match[1]), runs: /\brun\b/.test(String(match[2])), code: String(match[3]),
  }));
}

/** Links to files of the project, and to places in them, that lead nowhere. @param {string} file */
export function brokenLinks(file) {
  const text = readFileSync(join(root, file), 'utf8').replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)|^\s+link: (\S+)$/gm)].map((match) => String(match[1] ?? match[2]))
    .filter((link) => !/^[a-z]+:/.test(link) && !leads(file, link));
}

/** @param {string} file @param {string} link */
function leads(file, link) {
  const [path = '', anchor] = link.split('#');
  // The reference is made when the site is built, which checks the links to it.
  if (path.startsWith('/reference/')) return true;
  const target = path === '' ? join(root, file) : path.startsWith('/') ? page(join(root, 'docs', path)) : join(root, dirname(file), path);
  if (!existsSync(target)) return false;
  return anchor === undefined || headings(readFileSync(target, 'utf8')).includes(anchor);
}

/** A page of the site by its address. @param {string} path */
function page(path) {
  return path.endsWith('/') ? `${path}index.md` : `${path}.md`;
}

/** @param {string} text */
function headings(text) {
  return [...text.replace(/^```.*?^```$/gms, '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading.toLowerCase().replace(/[`*]/g, '').replace(/[^\p{L}\p{N}\s-]/gu, '').trim().replace(/\s+/g, '-'));
}
