// @ts-check
/** The error that a response of failure stands for, also where its body never ends. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { httpError } from '../../dist/worker/streams/http-error.js';
import { openSource } from '../../dist/worker/streams/source.js';

/** @param {Response} response */
function errorOf(response) {
  const body = response.body ?? new Blob().stream();
  const { status, statusText, type, headers } = response;
  return httpError({ status, statusText, type, headers: [...headers] }, openSource({ kind: 'stream', body }, { pull() {}, enough() {} }));
}

test('I4 a body that never ends is waited for a while, and what came of it is kept', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let canceled = false;
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"error":"busy"}')),
      cancel: () => { canceled = true; },
    });
    const pending = errorOf(new Response(body, { status: 503 }));
    while (!canceled) {
      await Promise.resolve();
      mock.timers.tick(5000);
    }
    const error = await pending;
    assert.deepEqual([error.code, error.status, error.body], ['http', 503, '{"error":"busy"}']);
  } finally {
    mock.timers.reset();
  }
});

test('no answer at all is a failure of the network', async () => {
  assert.equal((await errorOf(Response.error())).code, 'network');
});
