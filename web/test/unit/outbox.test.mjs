// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MERGE_MS, Outbox } from '../../dist/client/drafts/outbox.js';
import { Clock } from './page.mjs';

/** @param {{ merging?: boolean; hidden?: boolean }} [options] */
function setUp({ merging = true, hidden = false } = {}) {
  const clock = new Clock();
  clock.isHidden = hidden;
  const sent = { a: 0, b: 0 };
  const sentNow = { count: 0 };
  const a = { send: () => void ++sent.a };
  const b = { send: () => void ++sent.b };
  return { clock, outbox: new Outbox(merging, () => void sentNow.count++, clock), a, b, sent, sentNow };
}

test('what waits is sent once, MERGE_MS after the first delta, however many follow', () => {
  const { clock, outbox, a, b, sent } = setUp();
  outbox.add(a);
  clock.advance(MERGE_MS - 1);
  outbox.add(a);
  outbox.add(b);
  assert.deepEqual(sent, { a: 0, b: 0 });
  clock.advance(1);
  assert.deepEqual(sent, { a: 1, b: 1 });
  assert.equal(clock.timers, 0);
});

test('with a window of 0 what waits is sent at the end of the turn', async () => {
  const { outbox, clock, a, sent } = setUp({ merging: false });
  outbox.add(a);
  outbox.add(a);
  assert.equal(sent.a, 0);
  await undefined;
  assert.equal(sent.a, 1);
  assert.equal(clock.timers, 0);
});

test('a flush sends at once and leaves no timer behind', () => {
  const { outbox, clock, a, sent } = setUp();
  outbox.add(a);
  outbox.flush();
  assert.equal(sent.a, 1);
  assert.equal(clock.timers, 0);
  outbox.flush();
  assert.equal(sent.a, 1);
});

test('a sender that left is not asked to send', () => {
  const { outbox, clock, a, sent } = setUp();
  outbox.add(a);
  outbox.remove(a);
  clock.advance(MERGE_MS);
  assert.equal(sent.a, 0);
});

test('a page busy in one task, whose timers cannot fire, still sends every MERGE_MS', () => {
  const { outbox, clock, a, sent, sentNow } = setUp();
  clock.after = () => () => undefined;
  const blocked = new Outbox(true, () => void sentNow.count++, clock);
  blocked.add(a);
  clock.advance(MERGE_MS);
  blocked.add(a);
  assert.equal(sent.a, 1);
  assert.equal(sentNow.count, 1, 'what was posted leaves before the end of the turn');
  blocked.add(a);
  assert.equal(sent.a, 1);
  outbox.flush();
});

test('a hidden page, whose timers are slowed down, sends at the end of the task', async () => {
  const { outbox, clock, a, sent } = setUp({ hidden: true });
  outbox.add(a);
  outbox.add(a);
  assert.equal(sent.a, 0);
  await null;
  assert.equal(sent.a, 1);
  assert.equal(clock.timers, 0);
});
