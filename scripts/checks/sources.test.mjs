import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notBuilt, tooLong } from './sources.mjs';

const lines = (count) => 'x\n'.repeat(count);

test('sources: a test that nobody registered is found', () => {
  assert.deepEqual(notBuilt(['core/src/a.cc', 'core/src/a.h', 'native-tests/b_test.cc'], new Set(['core/src/a.cc'])),
    ['native-tests/b_test.cc']);
});

test('sources: a file past the norm is found, one at the norm is not', () => {
  const files = new Map([['a.h', lines(200)], ['b.h', lines(201)], ['c.cc', lines(401)], ['d.ts', lines(251)], ['e.md', lines(9999)]]);
  assert.deepEqual(tooLong(files).map((line) => line.split(':')[0]), ['b.h', 'c.cc', 'd.ts']);
});

test('sources: a file that says why may be longer', () => {
  assert.deepEqual(tooLong(new Map([['a.h', `// Longer than the norm because of a table.\n${lines(300)}`]])), []);
});
