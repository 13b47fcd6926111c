// @ts-check
/** How an export of ChatGPT or of Claude is imported, under Node: cut, aborted, run again, into a store that is full. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openStore } from 'millrace';
import { importChatGPT } from 'millrace/import-chatgpt';
import { importClaude } from 'millrace/import-claude';
import { contentOf, fileOf, options, refused, streamOf, withStore } from './support/imports.mjs';
import { exportPieces, smallExport } from './support/page/exports.js';

/** @import { Store } from 'millrace' */
/** @import { ImportOptions, ImportProgress } from 'millrace/import-chatgpt' */

const encoder = new TextEncoder();
const IMPORTS = /** @type {const} */ ({ chatgpt: importChatGPT, claude: importClaude });

for (const [app, run] of /** @type {['chatgpt' | 'claude', typeof importChatGPT][]} */ (Object.entries(IMPORTS))) {
  describe(`an export of ${app}`, () => {
    withStore('D6_ cut at every byte it is the same', async (store) => {
      const file = smallExport(app, 1, 3);
      const text = JSON.stringify(file, null, 1);
      const bytes = encoder.encode(text);
      assert.equal((await run(store, fileOf(text))).sessions, 1);
      const expected = await contentOf(store);
      for (let cut = 1; cut < bytes.length; cut += Math.ceil(bytes.length / 40)) {
        for (const { id } of await store.sessions.list()) await store.sessions.delete(id);
        await run(store, new Blob([bytes.slice(0, cut), bytes.slice(cut)]).stream());
        assert.deepEqual(Object.keys(await contentOf(store)), Object.keys(expected));
      }
      for (const { id } of await store.sessions.list()) await store.sessions.delete(id);
      await run(store, streamOf(text, 1));
      assert.deepEqual(await contentOf(store), expected);
    });

    withStore('D6_ run again, it changes nothing', async (store) => {
      const file = fileOf([...exportPieces(app, 1_000_000)].join(''));
      const first = await run(store, file);
      assert.ok(first.sessions > 20 && first.failed === 0, JSON.stringify(first));
      const before = await contentOf(store);
      assert.equal(Object.values(before).reduce((sum, { messages }) => sum + messages.length, 0), first.messages);
      assert.deepEqual(await run(store, file), { sessions: 0, messages: 0, skipped: first.sessions, failed: 0, problems: [] });
      assert.deepEqual(await contentOf(store), before);
    });

    withStore('D6_ a session without messages, of an import that was killed, is filled', async (store) => {
      const file = smallExport(app, 3);
      const id = file[1]?.conversation_id ?? file[1]?.uuid;
      await store.sessions.create({ id, title: 'Begun' });
      const result = await run(store, fileOf(file));
      assert.deepEqual([result.sessions, result.skipped], [3, 0]);
      assert.ok(((await store.sessions.get(id))?.messageCount ?? 0) > 0);
    });

    withStore('D6_ progress grows, and ends with the result', async (store) => {
      const file = fileOf([...exportPieces(app, 3_000_000)].join(''));
      /** @type {ImportProgress[]} */
      const heard = [];
      const result = await run(store, file, { onProgress: (progress) => heard.push(progress) });
      assert.ok(heard.length > 2, `${heard.length}`);
      for (const [index, { bytes, sessions, messages }] of heard.entries()) {
        const last = heard[index - 1];
        if (last) assert.ok(bytes >= last.bytes && sessions >= last.sessions && messages >= last.messages);
      }
      const { problems: _, ...counts } = result;
      assert.deepEqual(heard.at(-1), { bytes: file.size, totalBytes: file.size, ...counts });
    });

    withStore('D6_ aborted, it says how far it came, and goes on when it is run again', async (store) => {
      const file = fileOf([...exportPieces(app, 4_000_000)].join(''));
      const abort = new AbortController();
      const reason = new Error('enough');
      /** @type {ImportOptions} */
      const asked = { signal: abort.signal, onProgress: ({ sessions }) => { if (sessions > 0) abort.abort(reason); } };
      await refused(run(store, file, asked), 'aborted', /aborted\. \d+ conversations with \d+ messages are stored; import the file again/);
      const stored = (await store.sessions.list({ limit: 10_000 })).length;
      const result = await run(store, file);
      assert.ok(stored > 0 && result.skipped === stored && result.sessions > 0, JSON.stringify({ stored, ...result }));
      await refused(run(store, file, { signal: AbortSignal.abort() }), 'aborted', /^The import was aborted\.$/);
    });

    withStore('D6_ an abort ends a stream that never goes on', async (store) => {
      const abort = new AbortController();
      let canceled = false;
      const stream = new ReadableStream({ start: (controller) => controller.enqueue(encoder.encode('[')), cancel() { canceled = true; } });
      const running = run(store, stream, { signal: abort.signal, onProgress: () => setTimeout(() => abort.abort()) });
      await refused(running, 'aborted', /aborted/);
      assert.ok(canceled);
    });

    withStore('D6_ a file that is cut off keeps what was before, and says so', async (store) => {
      const text = JSON.stringify(smallExport(app, 5));
      await refused(run(store, fileOf(text.slice(0, -50))), 'invalid-argument', /ends in the middle.* 4 conversations with \d+ messages are stored/);
      assert.equal((await store.sessions.list()).length, 4);
      assert.deepEqual([(await run(store, fileOf(text))).sessions], [1]);
    });

    withStore('D6_ what cannot be understood or stored is counted and named, and stops nothing', async (store) => {
      const [good, second] = smallExport(app, 2);
      const id = app === 'chatgpt' ? 'conversation_id' : 'uuid';
      // The session can be made, its message not: it goes again.
      const unsaved = app === 'chatgpt' ? { id: 'unsaved', mapping: { '\ud800': { message: { author: { role: 'user' }, content: { content_type: 'text', parts: ['x'] } } } } }
        : { uuid: 'unsaved', chat_messages: [{ uuid: '\ud800', sender: 'human', text: 'x' }] };
      const text = `[${JSON.stringify(good)}, {"title":"bad" "x"}, 7, {"a":1,"b":2}, ${JSON.stringify({ ...second, [id]: '\ud800' })}, ${JSON.stringify(good)}, ${JSON.stringify(unsaved)}]`;
      const { problems, ...result } = await run(store, fileOf(text));
      assert.deepEqual([result.sessions, result.skipped, result.failed], [1, 1, 5], JSON.stringify(problems));
      assert.deepEqual(problems.map(({ index }) => index), [1, 2, 3, 4, 6]);
      const reasons = problems.map(({ reason }) => reason).join('\n');
      for (const part of [/not JSON: /, /no conversation of \w+: .* is no object/, /the fields "a", "b"/, /whole characters/]) assert.match(reasons, part);
      assert.equal((await store.sessions.list()).length, 1);
      const many = await run(store, fileOf([good, ...Array.from({ length: 100 }, () => ({}))]));
      assert.deepEqual([many.failed, many.problems.length], [100, 20]);
    });

    withStore('D6_ other files are refused: what was found, and what is expected', async (store) => {
      const other = app === 'chatgpt' ? 'claude' : 'chatgpt';
      await refused(run(store, fileOf(smallExport(other, 2))), 'invalid-argument', /no export of \w+: found objects with "\w+"\. That is an export of \w+: use import/);
      await refused(run(store, fileOf('<html>')), 'invalid-argument', /found HTML or XML\. Expected the conversations\.json of/);
      await refused(run(store, fileOf('')), 'invalid-argument', /an empty file/);
      await refused(run(store, fileOf([{ id: 1, email: 'x' }])), 'invalid-argument', /found 1 elements, and none is a conversation\. The first: .*the fields "id", "email"/);
      await refused(run(store, /** @type {any} */ ('[]')), 'invalid-argument', /must be a Blob/);
      await refused(run(store, /** @type {any} */ (undefined)), 'invalid-argument', /must be a Blob/);
      await refused(run(store, /** @type {any} */ (new ReadableStream({ start: (controller) => controller.enqueue('[]') }))), 'invalid-argument', /a stream of bytes/);
      const taken = fileOf('[]').stream();
      taken.getReader();
      await refused(run(store, taken), 'invalid-argument', /nobody else reads/);
      assert.deepEqual(await run(store, fileOf([])), { sessions: 0, messages: 0, skipped: 0, failed: 0, problems: [] });
      assert.deepEqual(await store.sessions.list(), []);
    });

    withStore('D6_ a source that breaks off is network, and keeps what came', async (store) => {
      const text = JSON.stringify(smallExport(app, 3));
      const stream = new ReadableStream({
        start(controller) { controller.enqueue(encoder.encode(text.slice(0, -20))); },
        pull(controller) { controller.error(new TypeError('connection reset')); },
      });
      await refused(run(store, stream), 'network', /connection reset\. 2 conversations/);
    });

    withStore('D6_ a store that can take no more rejects with its error, and the next run goes on', async (store) => {
      const file = fileOf([...exportPieces(app, 4_000_000)].join(''));
      let calls = 0;
      const full = Object.assign(new Error('The disk is full.'), { name: 'MillraceError', code: 'quota-exceeded' });
      const failing = /** @type {Store} */ ({
        ...store, sessions: store.sessions,
        messages: { ...store.messages, createAll: async (id, messages) => { if (++calls > 70) throw full; return store.messages.createAll(id, messages); } },
      });
      await refused(run(failing, file), 'quota-exceeded', /The disk is full\. \d+ conversations with \d+ messages are stored; import the file again/);
      const empty = (await store.sessions.list({ limit: 10_000 })).filter(({ messageCount }) => messageCount === 0);
      assert.deepEqual(empty, [], 'no session without messages is left');
      const { sessions, skipped, failed } = await run(store, file);
      assert.ok(sessions > 0 && skipped > 0 && failed === 0);
    });

    test('D6_ a listener of progress that throws stops nothing', options, async (context) => {
      const store = await openStore({ storage: 'memory', name: `import-throws-${app}` });
      /** @type {unknown[]} */
      const thrown = [];
      const queue = globalThis.queueMicrotask;
      context.mock.method(globalThis, 'queueMicrotask', (/** @type {() => void} */ callback) => queue(() => {
        try { callback(); } catch (error) { thrown.push(error); }
      }));
      const result = await run(store, fileOf(smallExport(app, 2)), { onProgress() { throw new Error('of the page'); } });
      assert.equal(result.sessions, 2);
      await store.close();
      assert.ok(thrown.length > 0);
    });
  });
}
