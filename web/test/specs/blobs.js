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

/** @param {Store} store @param {string} sessionId @param {Uint8Array<ArrayBuffer>} bytes @param {string} name */
async function attach(store, sessionId, bytes, name) {
  const { id } = await store.blobs.put(bytes, { mediaType: 'image/png' });
  await store.messages.create(sessionId, { role: 'user', parts: [{ type: 'file', mediaType: 'image/png', name, blob: id }] });
  return id;
}

/** @type {Spec} */
export async function D5_S7_anExportWithBlobsBringsThemAlong({ open, name, provider }) {
  const store = await open();
  const session = await store.sessions.create();
  const contents = [bytesOf(2_500_000, 3), bytesOf(1000, 4), new Uint8Array(0)];
  const ids = [];
  for (const [index, bytes] of contents.entries()) ids.push(await attach(store, session.id, bytes, `${index}.png`));
  const lonely = await store.blobs.put(bytesOf(700, 5));
  const plain = await store.export();
  const file = await store.export({ blobs: true });
  equal(file.type, 'application/vnd.sqlite3');
  ok(file.size > plain.size + 2_500_000, 'the content is in it');
  const counted = await fetch(`${provider}sqlite3?sql=${encodeURIComponent('PRAGMA integrity_check; SELECT sum(length(data)) FROM blob_pieces')}`, { method: 'POST', body: file });
  equal(await counted.text(), `ok\n${2_500_000 + 1000}`);

  const other = await open({ name: `${name}-other` });
  deepEqual(await other.import(file), { sessions: 1, messages: 3 });
  for (const [index, bytes] of contents.entries()) deepEqual(await contentOf(other, String(ids[index])), bytes);
  equal((await other.blobs.get(String(ids[0])))?.type, 'image/png');
  equal(await other.blobs.info(lonely.id), undefined);
  deepEqual(await other.import(file), { sessions: 0, messages: 0 });
  deepEqual(await other.blobs.usage(), { count: 3, bytes: 2_501_000 });

  const bare = await open({ name: `${name}-bare` });
  deepEqual(await bare.import(plain), { sessions: 1, messages: 3 });
  equal(await bare.blobs.get(String(ids[0])), undefined);
  await rejects(store.export(/** @type {any} */ ({ blob: true })), 'invalid-argument');
}

/** What the file says is its content is not. @type {Spec} */
export async function D5_S8_contentThatDoesNotHaveItsHashIsLeftOut({ open, name }) {
  const store = await open();
  const session = await store.sessions.create();
  const id = await attach(store, session.id, new TextEncoder().encode('the true content of it'), 'a.png');
  const other = await attach(store, session.id, bytesOf(900, 6), 'b.png');
  const bytes = new Uint8Array(await (await store.export({ blobs: true })).arrayBuffer());
  const at = new TextDecoder('latin1').decode(bytes).indexOf('the true content');
  ok(at > 0, 'the content is in the file');
  bytes.set(new TextEncoder().encode('some'), at);
  const victim = await open({ name: `${name}-victim` });
  deepEqual(await victim.import(new Blob([bytes])), { sessions: 1, messages: 2 });
  equal(await victim.blobs.info(id), undefined);
  equal((await contentOf(victim, other))?.length, 900);
}

/** Images come as base64 in the reply, and go beside the messages. @type {Spec} */
export async function D5_aLargeImageOfAReplyIsABlob({ open }) {
  const store = await open();
  const session = await store.sessions.create();
  const image = bytesOf(120_000, 7);
  let base64 = '';
  for (let at = 0; at < image.length; at += 3000) base64 += btoa(String.fromCharCode(...image.subarray(at, at + 3000)));
  const delta = (/** @type {unknown} */ content) => `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: content }] })}\n\n`;
  const url = { type: 'image_url', image_url: { url: `data:image/webp;base64,${base64}` } };
  const body = `${delta({ content: 'Here it is:' })}${delta({ images: [url] })}${delta({ content: 'Good?' })}data: [DONE]\n\n`;
  const run = await store.ingest(session.id, new Response(body), { format: 'openai-chat' });
  const message = await run.done;
  deepEqual(message.parts.map(({ type }) => type), ['text', 'file', 'text', 'finish']);
  const part = /** @type {import('../../dist/index.js').FilePart} */ (message.parts[1]);
  deepEqual(part, { type: 'file', mediaType: 'image/webp', size: image.length, blob: await sha256(image) });
  deepEqual(await contentOf(store, String(part.blob)), image);
}
