// @ts-check
/** When, and how often, the page is asked for another connection. Time is virtual. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCut, Reconnection } from '../../dist/worker/streams/reconnection.js';

/** @import { ToPage, WireError } from '../../dist/protocol.js' */

const point = { messageId: 'm', sessionId: 's', format: /** @type {const} */ ('text') };
/** @type {WireError} */
const network = { code: 'network', message: 'cut' };
/** @param {number} status @param {number} [retryAfterMs] @returns {WireError} */
const http = (status, retryAfterMs) => ({ code: 'http', message: 'no', status, ...(retryAfterMs !== undefined && { retryAfterMs }) });
const later = () => new Promise((resolve) => { setImmediate(resolve); });

/** @param {number} attempts */
function world(attempts) {
  /** @type {{ at: number, call: () => void }[]} */
  const timers = [];
  /** @type {Set<() => void>} */
  const online = new Set();
  /** @type {Extract<ToPage, { type: 'reconnect' }>[]} */
  const asked = [];
  let now = 0;
  const clock = {
    now: () => now,
    after(/** @type {number} */ ms, /** @type {() => void} */ call) {
      const timer = { at: now + ms, call };
      timers.push(timer);
      return () => { if (timers.includes(timer)) timers.splice(timers.indexOf(timer), 1); };
    },
  };
  const whenOnline = (/** @type {() => void} */ call) => {
    online.add(call);
    return () => online.delete(call);
  };
  const reconnection = new Reconnection(1, attempts, { clock, whenOnline }, (message) => asked.push(/** @type {any} */ (message)));
  return {
    reconnection, asked, timers, online,
    goOnline: () => { for (const call of online) call(); },
    /** The pause that is waited for, in milliseconds. */
    async pause() {
      await later();
      const [timer] = timers;
      assert.ok(timer, 'a pause');
      const pause = timer.at - now;
      now = timer.at;
      timer.call();
      await later();
      return pause;
    },
  };
}

test('I5 pauses double up to half a minute, and the attempts in a row are counted', async () => {
  const { reconnection, asked, pause, timers } = world(8);
  const found = reconnection.next(point, false, network);
  for (let attempt = 1, longest = 500; attempt <= 8; ++attempt, longest = Math.min(2 * longest, 30_000)) {
    const waited = await pause();
    assert.ok(waited >= longest / 2 && waited <= longest, `${waited} of ${longest}`);
    assert.equal(asked.at(-1)?.attempt, attempt);
    reconnection.reconnected({ type: 'reconnected', ingest: 1, error: { ...network, message: `${attempt}` } });
  }
  assert.deepEqual(await found, { ...network, message: '8' }, 'the last error');
  assert.equal(asked.length, 8);
  assert.deepEqual(timers, []);
  assert.deepEqual(await reconnection.next(point, false, network), network, 'no attempt is left');
  reconnection.progressed();
  void reconnection.next(point, false, network);
  assert.ok(await pause() <= 500, 'from the start');
  assert.equal(asked.at(-1)?.attempt, 1);
});

test('I5 the time that a server names is kept, and the browser that comes online does not shorten it', async () => {
  const { reconnection, asked, pause, goOnline, online } = world(2);
  const found = reconnection.next(point, false, http(503, 12_345));
  await later();
  goOnline();
  await later();
  assert.equal(asked.length, 0);
  assert.equal(await pause(), 12_345);
  reconnection.reconnected({ type: 'reconnected', ingest: 1, source: { kind: 'pump' } });
  assert.deepEqual(await found, { kind: 'pump' });
  assert.equal(online.size, 0);
});

test('I5 a pause ends when the browser comes online, and nothing is left behind', async () => {
  const { reconnection, asked, goOnline, timers, online } = world(1);
  const found = reconnection.next(point, false, network);
  await later();
  goOnline();
  await later();
  assert.deepEqual(asked, [{ type: 'reconnect', ingest: 1, point, attempt: 1 }]);
  assert.deepEqual([timers.length, online.size], [0, 0]);
  reconnection.reconnected({ type: 'reconnected', ingest: 1 });
  assert.equal(await found, undefined, 'the page gives up');
});

test('I5 what waiting does not mend ends it', async () => {
  const { reconnection, pause } = world(5);
  const found = reconnection.next(point, false, network);
  await pause();
  reconnection.reconnected({ type: 'reconnected', ingest: 1, error: http(404) });
  assert.deepEqual(await found, http(404));
  assert.deepEqual([408, 425, 429, 500, 502, 503, 504].map((status) => isCut(http(status))), Array(7).fill(true));
  assert.deepEqual([400, 401, 403, 404, 409, 410, 501].map((status) => isCut(http(status))), Array(7).fill(false));
  assert.deepEqual([isCut(network), isCut({ code: 'aborted', message: '' }), isCut({ code: 'protocol', message: '' })], [true, false, false]);
});

test('I5 an abort ends a pause, and a question', async () => {
  for (const asks of [false, true]) {
    const { reconnection, pause, timers, online } = world(5);
    const found = reconnection.next(point, false, network);
    if (asks) await pause();
    else await later();
    reconnection.cancel();
    assert.equal(await found, undefined);
    assert.deepEqual([timers.length, online.size], [0, 0]);
  }
});

test('I5 a source that comes after the abort is let go', () => {
  const { reconnection } = world(5);
  let canceled = false;
  reconnection.cancel();
  const body = new ReadableStream({ cancel: () => { canceled = true; } });
  reconnection.reconnected({ type: 'reconnected', ingest: 1, source: { kind: 'stream', body } });
  assert.ok(canceled);
});

test('I5 the next body of a durable stream is asked for at once', async () => {
  const { reconnection, asked, timers } = world(5);
  void reconnection.next(point, true, undefined);
  await later();
  assert.deepEqual([asked.length, timers.length], [1, 0]);
});
