import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from './coverage.mjs';

const measured = (count, covered) => {
  const lines = { count, covered, percent: count === 0 ? 0 : (100 * covered) / count };
  return { data: [{ files: [{ filename: '/x/build/coverage/../../core/src/a.cc', summary: { lines } }], totals: { lines } }] };
};

test('names each file from core/ on, with the lines that were not run', () => {
  assert.match(judge(measured(40, 38), 95).table, /^core\/src\/a\.cc +40 +2 +95\.00 %$/m);
});

test('is enough from the least on', () => {
  assert.equal(judge(measured(1000, 950), 95).enough, true);
  assert.equal(judge(measured(1000, 949), 95).enough, false);
});

test('is not enough when nothing was measured', () => {
  assert.equal(judge(measured(0, 0), 95).enough, false);
});
