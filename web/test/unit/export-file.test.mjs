// @ts-check
/** The file of an export against one buffer that is changed alike. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExportFile } from '../../dist/worker/core/export-file.js';

const BLOCK = 2 ** 18;

test('reads, writes and cuts across blocks as one buffer would', async () => {
  const file = new ExportFile();
  const mirror = new Uint8Array(6 * BLOCK);
  let size = 0;
  // Numbers that look random and are the same each time.
  let seed = 1;
  const below = (/** @type {number} */ limit) => (seed = (seed * 48271) % 2147483647) % limit;
  for (let step = 1; step <= 300; step++) {
    const at = below(4 * BLOCK);
    const bytes = new Uint8Array(below(3) === 0 ? below(2 * BLOCK) : below(5000)).fill(1 + (step % 255));
    if (below(4) === 0) {
      file.truncate(at);
      mirror.fill(0, at);
      size = at;
    } else {
      assert.equal(file.write(bytes, { at }), bytes.length);
      mirror.set(bytes, at);
      if (bytes.length > 0) size = Math.max(size, at + bytes.length);
    }
    assert.equal(file.getSize(), size);
    const from = below(6 * BLOCK);
    const into = new Uint8Array(below(2 * BLOCK));
    const count = file.read(into, { at: from });
    assert.equal(count, Math.max(0, Math.min(into.length, size - from)));
    assert.ok(Buffer.from(into.subarray(0, count)).equals(mirror.subarray(from, from + count)), `step ${step}`);
  }
  const blob = file.toBlob('text/x-test');
  assert.deepEqual([blob.size, blob.type], [size, 'text/x-test']);
  assert.ok(Buffer.from(await blob.arrayBuffer()).equals(mirror.subarray(0, size)));
});
