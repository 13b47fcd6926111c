// @ts-check
import assert from 'node:assert/strict';
import test from 'node:test';
import { sameValue } from '../../dist/client/events/isolate.js';

test('bytes are the same when each of them is, wherever they lie', () => {
  for (let length = 0; length < 12; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, index) => index + 1);
    for (let offset = 0; offset < 5; offset += 1) {
      const moved = new Uint8Array(new ArrayBuffer(offset + length + 3), offset, length);
      moved.set(bytes);
      assert.ok(sameValue(bytes, moved), `${length} bytes at ${offset}`);
      for (const [at, byte] of bytes.entries()) {
        moved[at] = byte ^ 128;
        assert.ok(!sameValue(bytes, moved), `${length} bytes at ${offset}, another at ${at}`);
        moved[at] = byte;
      }
    }
    assert.ok(!sameValue(bytes, new Uint8Array(length + 1)));
  }
});
