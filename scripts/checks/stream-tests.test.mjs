/** The table of core/src/streams/README.md names tests that are there, and all tests of an irregularity are in it. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url);
const tests = new URL('native-tests/streams/', root);
const sources = readdirSync(tests).filter((name) => name.endsWith('.cc')).map((name) => readFileSync(new URL(name, tests), 'utf8')).join('\n');
const written = new Set([...sources.matchAll(/^TEST(?:_F)?\((\w+), (\w+)\)/gm)].map(([, suite, name]) => `${suite}.${name}`));
const readme = readFileSync(new URL('core/src/streams/README.md', root), 'utf8');
const named = new Set([...readme.matchAll(/`(\w+\.I\d_\w+)`/g)].map(([, name]) => name));

test('each test that the README of the streams names is written', () => {
  assert.ok(named.size > 100, `${named.size} names`);
  assert.deepEqual([...named].filter((name) => !written.has(name)), []);
});

test('each test of an irregularity is in that README', () => {
  const of = [...written].filter((name) => /_Row\d\d_/.test(name));
  assert.deepEqual(of.filter((name) => !named.has(name)), []);
});
