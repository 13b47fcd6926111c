// @ts-check
/** D5: files beside the messages. */
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { startReply, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Store } from '../../dist/index.js' */

/** @param {number} size @param {number} seed */
function bytesOf(size, seed) {
  const bytes = new Uint8Array(size);
  for (let i = 0, x = seed; i < size; i++) bytes[i] = x = (x * 5 + 17) & 255;
  return bytes;
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param {Store} store @param {string} id */
async function contentOf(store, id) {
  const blob = await store.blobs.get(id);
  return blob && new Uint8Array(await blob.arrayBuffer());
}

/** @param {Uint8Array[]} pieces */
function streamOf(...pieces) {
  return new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece) controller.enqueue(piece);
      else controller.close();
    },
  });
}

/** Whatever it comes as, the same content is the same blob. @type {Spec} */
export async function D5_aBlobIsNamedByItsContent({ open }) {
  const store = await open();
  const bytes = bytesOf(3_000_000, 1);
  const before = Date.now();
  const info = await store.blobs.put(new Blob([bytes], { type: 'image/png' }));
  equal(info.id, await sha256(bytes));
  equal(info.size, bytes.length);
  equal(info.mediaType, 'image/png');
  ok(info.createdAt >= before - 1000, 'the time is that of the put');
  for (const same of [bytes, bytes.buffer, streamOf(bytes.subarray(0, 7), bytes.subarray(7))]) {
    deepEqual(await store.blobs.put(same, { mediaType: 'text/plain' }), info);
  }
  deepEqual(await store.blobs.info(info.id), info);
  deepEqual(await store.blobs.usage(), { count: 1, bytes: bytes.length });
  const blob = await store.blobs.get(info.id);
  equal(blob?.type, 'image/png');
  equal(blob?.size, bytes.length);
  equal(await sha256(/** @type {Uint8Array<ArrayBuffer>} */ (await contentOf(store, info.id))), info.id);
  equal(await blob?.slice(10, 13).text(), new TextDecoder().decode(bytes.slice(10, 13)));

  const empty = await store.blobs.put(new Uint8Array(0));
  equal(empty.id, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  equal(empty.mediaType, 'application/octet-stream');
  equal((await store.blobs.get(empty.id))?.size, 0);
  equal(await store.blobs.get('nobody'), undefined);
  equal(await store.blobs.info('nobody'), undefined);
}

/** @type {Spec} */
export async function D5_messagesNameBlobs({ open }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  const { id, size } = await store.blobs.put(bytesOf(1000, 2), { mediaType: 'image/png' });
  /** @type {import('../../dist/index.js').FilePart} */
  const part = { type: 'file', mediaType: 'image/png', name: 'a.png', size, blob: id };
  await store.messages.create(session.id, { role: 'user', parts: [part] });
  await draft.addPart(part);
  await draft.finish();
  for (const message of await store.messages.list(session.id)) deepEqual(message.parts[0], part);
  const wrong = { ...part, blob: 'f'.repeat(64) };
  await rejects(store.messages.create(session.id, { role: 'user', parts: [wrong] }), 'invalid-argument');
  await rejects(store.messages.createAll(session.id, [{ role: 'user', parts: [wrong] }]), 'invalid-argument');
  const other = await store.messages.create(session.id, { role: 'assistant' });
  await rejects(other.addPart(wrong), 'invalid-argument');
  other.appendText('goes on');
  await other.finish();
  await store.sessions.fork(other.id);
}

/** @type {Spec} */
export async function D5_aBlobIsThereAfterTheStoreWasOpenedAgain({ open, storage }) {
  const store = await open();
  const { id } = await store.blobs.put(bytesOf(500_000, 3));
  if (storage === 'memory') return;
  await store.close();
  const again = await open();
  equal(await sha256(/** @type {Uint8Array<ArrayBuffer>} */ (await contentOf(again, id))), id);
  deepEqual(await again.blobs.usage(), { count: 1, bytes: 500_000 });
}

/** What is aborted, or cannot be read, leaves nothing. @type {Spec} */
export async function D5_aPutThatFailsLeavesNothing({ open }) {
  const store = await open();
  const aborter = new AbortController();
  let pulls = 0;
  const endless = new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve));
      pulls++;
      controller.enqueue(bytesOf(100_000, 4));
    },
  });
  const putting = store.blobs.put(endless, { signal: aborter.signal });
  await until(() => pulls > 3);
  aborter.abort();
  await rejects(putting, 'aborted');
  await rejects(store.blobs.put(bytesOf(10, 5), { signal: AbortSignal.abort() }), 'aborted');
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
  await rejects(store.blobs.put(broken), 'io');
  await rejects(store.blobs.put(/** @type {any} */ (new ReadableStream({ start: (c) => { c.enqueue('text'); c.close(); } }))), 'invalid-argument');
  await rejects(store.blobs.put(/** @type {any} */ ('text')), 'invalid-argument');
  await rejects(store.blobs.put(new Blob(['a']), /** @type {any} */ ({ type: 'text/plain' })), 'invalid-argument');
  await rejects(store.blobs.get(/** @type {any} */ (5)), 'invalid-argument');
  deepEqual(await store.blobs.usage(), { count: 0, bytes: 0 });
  equal((await store.blobs.put(bytesOf(10, 5))).size, 10);
}

/** Many at once, some of them the same. @type {Spec} */
export async function D5_putsSideBySide({ open }) {
  const store = await open();
  const infos = await Promise.all(Array.from({ length: 12 }, (_, i) => store.blobs.put(bytesOf(20_000, i % 4))));
  equal(new Set(infos.map(({ id }) => id)).size, 4);
  deepEqual(await store.blobs.usage(), { count: 4, bytes: 80_000 });
  for (const { id } of infos) equal((await store.blobs.get(id))?.size, 20_000);
  await store.close();
  await rejects(store.blobs.put(bytesOf(10, 1)), 'closed');
  await rejects(store.blobs.get(infos[0]?.id ?? ''), 'closed');
}
