// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Listeners } from '../../dist/live/listeners.js';

test('B6: one that throws stops nobody else, and is thrown for the error handlers afterwards', (context) => {
  /** @type {(() => void)[]} */
  const later = [];
  context.mock.method(globalThis, 'queueMicrotask', (/** @type {() => void} */ callback) => later.push(callback));
  const listeners = new Listeners();
  /** @type {string[]} */
  const heard = [];
  listeners.add(() => { throw new Error('a listener'); });
  listeners.add(() => heard.push('second'));
  listeners.call();
  assert.deepEqual(heard, ['second']);
  assert.equal(later.length, 1);
  assert.throws(() => later[0]?.(), /a listener/);
});

test('who leaves while the others are called hears nothing more; the same function may be there twice', () => {
  const listeners = new Listeners();
  /** @type {string[]} */
  const heard = [];
  const same = () => heard.push('same');
  listeners.add(() => leave());
  const leave = listeners.add(() => heard.push('left'));
  const leaveOne = listeners.add(same);
  listeners.add(same);
  leaveOne();
  listeners.call();
  assert.deepEqual(heard, ['same']);
  assert.equal(listeners.empty, false);
});
