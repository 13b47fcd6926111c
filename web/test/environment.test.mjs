// @ts-check
/** What the package does where something is missing, where somebody else is there, and with what lies on disk. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchChromium, openPage } from './support/chromium.mjs';
import { CONTENT_SECURITY_POLICY, serve } from './support/server.mjs';
import { queryFiles } from './support/sqlite3.mjs';
import { FOLDERS, stage } from './support/stage.mjs';

/** @import { Page } from 'playwright-core' */
/** @import { Store } from '../dist/index.js' */

const options = { timeout: 30_000 };

const chromium = stage(launchChromium);

/**
 * What `openStore` rejects with. `worker` and `wasmUrl` are URLs.
 * @param {Page} page
 * @param {{ name?: string; storage?: 'auto' | 'opfs' | 'indexeddb' | 'memory'; worker?: string; wasmUrl?: string }} open
 */
function openError(page, open) {
  return page.evaluate(async ({ worker, ...rest }) => {
    const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
    try {
      await openStore({ ...rest, ...(worker && { worker: () => new Worker(worker, { type: 'module' }) }) });
      return undefined;
    } catch (/** @type {any} */ error) {
      return { name: error.name, code: error.code, message: error.message };
    }
  }, open);
}

/** @param {Page} page @param {string} name @param {string} text */
function storeText(page, name, text) {
  return page.evaluate(async (args) => {
    const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
    /** @type {Store} */
    const store = await openStore({ name: args.name });
    Object.assign(globalThis, { store });
    const session = await store.sessions.create({ title: args.text });
    const draft = await store.messages.create(session.id, { role: 'assistant' });
    draft.appendText(args.text);
    await draft.finish();
    return draft.id;
  }, { name, text });
}

test('importing the package does nothing: no global, no request, no Worker, no listener, no storage', options, async () => {
  const page = await chromium.browser.context.newPage();
  await page.addInitScript(() => {
    /** @type {string[]} */
    const done = [];
    /** @param {any} owner @param {string} name */
    const watch = (owner, name) => {
      const original = owner[name];
      owner[name] = new Proxy(original, {
        apply(target, self, args) { done.push(name); return Reflect.apply(target, self, args); },
        construct(target, args) { done.push(name); return Reflect.construct(target, args); },
      });
    };
    for (const name of ['Worker', 'SharedWorker', 'BroadcastChannel', 'MessageChannel', 'fetch', 'setTimeout', 'setInterval', 'queueMicrotask']) watch(globalThis, name);
    watch(EventTarget.prototype, 'addEventListener');
    watch(IDBFactory.prototype, 'open');
    watch(Storage.prototype, 'getItem');
    watch(LockManager.prototype, 'request');
    watch(StorageManager.prototype, 'getDirectory');
    Object.assign(globalThis, { done });
  });
  await page.goto(chromium.server.url);
  const effects = await page.evaluate(async () => {
    const { done } = /** @type {any} */ (globalThis);
    const before = Object.getOwnPropertyNames(globalThis);
    done.length = 0;
    await import(/** @type {string} */ ('/dist/index.js'));
    await import(/** @type {string} */ ('/dist/errors.js'));
    return { done: [...done], added: Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name)) };
  });
  assert.deepEqual(effects, { done: [], added: [] });
  // And the watch would have seen it.
  assert.equal(await openError(page, { name: 'watched' }), undefined);
  assert.ok((await page.evaluate(() => /** @type {any} */ (globalThis).done)).includes('Worker'));
  await page.close();
});

test('no Worker: storage-unavailable', options, async () => {
  const page = await chromium.browser.context.newPage();
  await page.addInitScript(() => { delete (/** @type {any} */ (globalThis).Worker); });
  await page.goto(chromium.server.url);
  const error = await openError(page, {});
  assert.deepEqual([error?.name, error?.code], ['MillraceError', 'storage-unavailable']);
  assert.match(error?.message ?? '', /Worker/);
  await page.close();
});

test('a Worker that cannot be loaded: storage-unavailable, saying what to look at', options, async () => {
  const { page } = await openPage(chromium.browser.context, chromium.server.url);
  for (const worker of ['/nowhere.js', '/', 'https://elsewhere.example/worker.js']) {
    const error = await openError(page, { worker });
    assert.equal(error?.code, 'storage-unavailable', worker);
    assert.match(error?.message ?? '', /worker-src/);
    assert.ok(error?.message.includes(`${chromium.server.url}dist/index.js`), error?.message);
  }
  assert.equal(await openError(page, { name: 'still-works' }), undefined);
  await page.close();
});

test('a policy that forbids the Worker or the wasm: storage-unavailable', options, async (context) => {
  for (const policy of [CONTENT_SECURITY_POLICY.replace(/worker-src.*/, "worker-src 'none'"), "script-src 'self'; worker-src 'self'"]) {
    const strict = await serve(FOLDERS, { policy });
    context.after(() => strict.close());
    const { page } = await openPage(chromium.browser.context, strict.url);
    const error = await openError(page, {});
    assert.equal(error?.code, 'storage-unavailable', policy);
    assert.match(error?.message ?? '', /Content-Security-Policy/);
    await page.close();
  }
});

test('wasm that is not there: storage-unavailable, naming the address', options, async () => {
  const { page } = await openPage(chromium.browser.context, chromium.server.url);
  const error = await openError(page, { wasmUrl: 'nowhere.wasm' });
  assert.equal(error?.code, 'storage-unavailable');
  assert.ok(error?.message.includes(`${chromium.server.url}nowhere.wasm`), error?.message);
  await page.close();
});

test('neither OPFS nor IndexedDB: storage-unavailable, never memory; memory works when asked for', options, async () => {
  const { page } = await openPage(chromium.browser.context, chromium.server.url);
  for (const storage of /** @type {const} */ (['auto', 'opfs', 'indexeddb'])) {
    const error = await openError(page, { name: 'nowhere', worker: '/support/workers/no-storage.js', storage });
    assert.equal(error?.code, 'storage-unavailable', storage);
    assert.match(error?.message ?? '', /'memory'/);
  }
  assert.equal(await openError(page, { name: 'nowhere', worker: '/support/workers/no-storage.js', storage: 'memory' }), undefined);
  await page.close();
});

test('a store that another tab has open is not deleted: in-use', options, async () => {
  const first = (await openPage(chromium.browser.context, chromium.server.url)).page;
  const second = (await openPage(chromium.browser.context, chromium.server.url)).page;
  const id = await storeText(first, 'tabs', 'of the first tab');
  const deleted = await second.evaluate(async () => {
    const { deleteStore } = await import(/** @type {string} */ ('/dist/index.js'));
    return deleteStore('tabs').then(() => 'deleted', (/** @type {any} */ thrown) => thrown.code);
  });
  assert.equal(deleted, 'in-use');
  const text = await first.evaluate(async (message) => {
    const { store } = /** @type {any} */ (globalThis);
    return (await store.messages.get(message)).parts[0].text;
  }, id);
  assert.equal(text, 'of the first tab');
  await first.close();
  await second.close();
});

test('a Worker that dies: what is pending and what comes later rejects, and the store can be opened again', options, async () => {
  const { page } = await openPage(chromium.browser.context, chromium.server.url);
  const outcome = await page.evaluate(async () => {
    const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
    /** @type {Worker | undefined} */
    let worker;
    const options = { name: 'crash', worker: () => (worker = new Worker('/dist/worker/worker.js', { type: 'module' })) };
    /** @type {Store} */
    const store = await openStore(options);
    const session = await store.sessions.create({ title: 'kept' });
    const draft = await store.messages.create(session.id, { role: 'assistant' });
    const code = (/** @type {any} */ error) => error.code;
    const pending = store.sessions.list().catch(code);
    worker?.dispatchEvent(new ErrorEvent('error', { message: 'RuntimeError: unreachable' }));
    const codes = [await pending, await store.sessions.list().catch(code), await draft.finish().catch(code)];
    try {
      draft.appendText('x');
    } catch (error) {
      codes.push(code(error));
    }
    const again = await openStore(options);
    return { codes, title: (await again.sessions.get(session.id)).title, recovered: again.recovered.length };
  });
  assert.deepEqual(outcome, { codes: ['internal', 'internal', 'internal', 'internal'], title: 'kept', recovered: 1 });
  await page.close();
});

test('leaving the page sends the outbox, then and there', options, async () => {
  const { page } = await openPage(chromium.browser.context, chromium.server.url);
  const sent = await page.evaluate(async () => {
    const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
    /** @type {string[]} */
    const types = [];
    /** @type {Store} */
    const store = await openStore({
      name: 'leaving',
      worker() {
        const worker = new Worker('/dist/worker/worker.js', { type: 'module' });
        const post = worker.postMessage.bind(worker);
        worker.postMessage = (/** @type {any} */ messages, /** @type {any} */ transfer) => {
          types.push(...messages.map((/** @type {any} */ { type }) => type));
          post(messages, transfer);
        };
        return worker;
      },
    });
    const session = await store.sessions.create();
    const draft = await store.messages.create(session.id, { role: 'assistant' });
    types.length = 0;
    draft.appendText('last words');
    const before = [...types];
    window.dispatchEvent(new PageTransitionEvent('pagehide'));
    return { before, after: types };
  });
  assert.deepEqual(sent, { before: [], after: ['write', 'page-event'] });
  await page.close();
});

test('where streams cannot be transferred the page pumps them', options, async () => {
  const page = await chromium.browser.context.newPage();
  await page.addInitScript(() => {
    const original = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (/** @type {any} */ message, /** @type {any} */ transfer) {
      if (message instanceof ReadableStream) throw new DOMException('not transferable', 'DataCloneError');
      original.call(this, message, transfer);
    };
  });
  await page.goto(chromium.server.url);
  await page.evaluate(async () => {
    const { runSpec } = await import(/** @type {string} */ ('/support/page/context.js'));
    for (const spec of ['readsAReplyFromEverySource', 'I4_abort', 'I4_networkErrorsKeepWhatHadArrived']) {
      await runSpec('/specs/ingest.js', spec, 0, { name: `pumped-${spec}`, storage: 'opfs', keepOpen: false });
    }
  });
  await page.close();
});

test('files copied out of OPFS, of a closed store and of an open one, open in the sqlite3 program', options, async () => {
  const { page } = await openPage(chromium.browser.context, chromium.server.url);
  await storeText(page, 'copied', 'Grüße 😀');
  const copyAndCheck = async () => {
    const files = await page.evaluate(async () => {
      const { readStoreFiles } = await import(/** @type {string} */ ('/support/page/opfs.js'));
      return /** @type {Promise<Record<string, string>>} */ (readStoreFiles('copied'));
    });
    assert.equal(queryFiles(files, 'PRAGMA integrity_check'), 'ok');
    assert.match(queryFiles(files, 'SELECT parts FROM messages'), /Grüße 😀/);
    assert.equal(queryFiles(files, 'SELECT title FROM sessions'), 'Grüße 😀');
  };
  await copyAndCheck();
  await page.evaluate(() => /** @type {any} */ (globalThis).store.close());
  await copyAndCheck();
  await page.close();
});
