// @ts-check
/**
 * `millrace/react`, as npm installs it, with the newest and the oldest React that it works with: the specs of `millrace/live` through
 * components (L2), and what only a binding does.
 */
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { installPacked } from './support/packed.mjs';
import { installReact, mount, observersOf, REACTS, useDocument } from './support/react.mjs';
import { until } from './support/page/context.js';
import * as live from './specs/live.js';

/** @import { Store, OpenOptions } from '../dist/index.js' */
/** @import { Installed } from './support/react.mjs' */

const options = { timeout: 30_000 };
const REPLY = 'data: {"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

await useDocument();

for (const [version, from] of Object.entries(REACTS)) {
  describe(`React ${version}`, () => {
    /** @type {string} */
    let folder;
    /** @type {Installed} */
    let react;
    before(async () => {
      folder = installPacked();
      react = await installReact(folder, from);
      assert.equal(react.React.version.split('.')[0], version);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    /** @param {(open: (options?: OpenOptions) => Promise<Store>) => Promise<void>} run @param {string} name */
    async function withStores(run, name) {
      /** @type {Store[]} */
      const stores = [];
      try {
        await run(async (asked = {}) => {
          const store = await react.millrace.openStore({ name, storage: 'memory', ...asked });
          stores.push(store);
          return store;
        });
      } finally {
        for (const store of stores) await store.close();
      }
    }

    for (const [name, spec] of Object.entries(live)) {
      test(name, options, () => withStores((open) => spec({
        name, storage: 'memory', provider: '', millrace: react.millrace, open, observe: observersOf(react),
      }), name));
    }

    test('another session in the same component never shows the messages of the one before', options, () => withStores(async (open) => {
      const store = await open();
      const { React: { createElement }, hooks } = react;
      for (const id of ['a', 'b']) {
        await store.sessions.create({ id });
        await store.messages.create(id, { id: `in ${id}`, role: 'user' });
      }
      /** @type {string[]} */
      const wrong = [];
      let shown = '';
      function Probe(/** @type {{ sessionId: string }} */ { sessionId }) {
        const { status, messages } = hooks.useConversation(sessionId);
        if (messages.some((message) => message.sessionId !== sessionId)) wrong.push(sessionId);
        shown = `${status} ${messages.map(({ id }) => id)}`;
        return null;
      }
      const view = (/** @type {string} */ sessionId) => createElement(hooks.MillraceProvider, { store }, createElement(Probe, { sessionId }));
      const { render, unmount } = mount(react, view('a'));
      for (const id of ['a', 'b', 'a', 'b']) {
        render(view(id));
        await until(() => shown === `ready in ${id}`);
      }
      assert.deepEqual(wrong, []);
      unmount();
    }, 'switching'));

    test('useRun starts a stream, says that it runs, and stops it; another component shows the same', options, () => withStores(async (open) => {
      const store = await open();
      const { id } = await store.sessions.create();
      const { React: { createElement, StrictMode }, hooks } = react;
      /** @type {import('../dist/react/index.js').RunControls[]} */
      const runs = [];
      function Probe(/** @type {{ index: number }} */ { index }) {
        runs[index] = hooks.useRun(id);
        return null;
      }
      const { unmount } = mount(react, createElement(StrictMode, null, createElement(hooks.MillraceProvider, { store },
        createElement(Probe, { index: 0 }), createElement(Probe, { index: 1 }))));
      const [first, second] = /** @type {[typeof runs[0], typeof runs[0]]} */ (/** @type {unknown} */ (runs));
      assert.equal(first?.status, 'idle');
      const run = await first.start(new Response(REPLY), { format: 'openai-chat' });
      assert.equal(textOf(await run.done), 'Hi');
      await until(() => runs[1]?.status === 'idle' && runs[1].messageId === run.messageId);
      assert.equal(runs[0]?.start, first.start, 'the same function');

      const endless = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(REPLY.slice(0, 30))) });
      const running = await second.start(endless, { format: 'openai-chat' });
      await until(() => runs[0]?.status === 'running');
      runs[0]?.stop();
      await assert.rejects(running.done, (/** @type {any} */ error) => error.code === 'aborted');
      await until(() => runs[0]?.status === 'idle');
      assert.equal(runs[0]?.error, undefined, 'who stops it knows');

      void runs[0]?.start(new Response('{"error":{"message":"no such model"}}', { status: 404 }), { format: 'openai-chat' });
      await until(() => runs[1]?.error);
      assert.equal(runs[1]?.error?.code, 'http');
      void runs[0]?.start(new Response(REPLY), { format: /** @type {any} */ ('unknown') });
      await until(() => runs[1]?.error?.code === 'invalid-argument');
      unmount();
    }, 'running'));

    test('a provider opens its store once, also when it is mounted twice, and closes it when it goes', options, async () => {
      const { React: { createElement, StrictMode }, hooks, millrace } = react;
      /** @type {Set<Store>} */
      const stores = new Set();
      function Probe() {
        stores.add(hooks.useStore());
        return createElement('p', null, hooks.useStorageStatus().storage);
      }
      const view = createElement(StrictMode, null, createElement(hooks.MillraceProvider, {
        // Made anew in each render, as applications do.
        options: { name: 'provided', storage: 'memory' }, fallback: 'opening',
      }, createElement(Probe)));
      const { container, unmount, render } = mount(react, view);
      assert.equal(container.textContent, 'opening');
      await until(() => container.textContent === 'memory');
      const [store] = stores;
      await store?.sessions.create({ id: 'kept' });
      render(view);
      assert.ok(await store?.sessions.get('kept'), 'it is not closed by the first unmount');
      assert.equal(stores.size, 1);
      unmount();
      await until(async () => (await store?.sessions.get('kept').catch((/** @type {any} */ { code }) => code)) === 'closed');
      await until(async () => (await millrace.deleteStore('provided').catch(() => 'in use')) === undefined);
    });

    test('a store that does not open: what `failed` shows, and another try', options, async () => {
      const { React: { createElement, Component }, hooks } = react;
      let tries = 0;
      const worker = () => {
        tries++;
        throw new Error('no Worker today');
      };
      /** @type {() => void} */
      let again = () => undefined;
      const { container, unmount } = mount(react, createElement(hooks.MillraceProvider, {
        options: { name: 'failing', worker }, fallback: 'opening',
        failed(error, retry) {
          again = retry;
          return `${error.code} ${tries}`;
        },
      }));
      await until(() => container.textContent === 'storage-unavailable 1');
      again();
      await until(() => container.textContent === 'storage-unavailable 2');
      unmount();

      class Boundary extends Component {
        /** @override */
        state = { message: '' };
        /** @param {Error} error */
        static getDerivedStateFromError(error) { return { message: error.message }; }
        /** @override */
        render() { return this.state.message || /** @type {any} */ (this.props).children; }
      }
      const { error } = console;
      console.error = () => undefined; // React reports what a boundary caught.
      try {
        const thrown = mount(react, createElement(Boundary, null, createElement(hooks.MillraceProvider, { options: { name: 'failing', worker } })));
        await until(() => /no Worker today/.test(thrown.container.textContent ?? ''));
        thrown.unmount();
      } finally {
        console.error = error;
      }
    });

    test('a store whose Worker has ended is opened again', options, async () => {
      const { React: { createElement, StrictMode }, hooks } = react;
      /** @type {LonelyWorker[]} */
      const workers = [];
      const worker = () => {
        workers.push(new LonelyWorker());
        return /** @type {any} */ (workers.at(-1));
      };
      /** @type {Set<Store>} */
      const stores = new Set();
      function Probe() {
        stores.add(hooks.useStore());
        return 'open';
      }
      const { container, unmount } = mount(react, createElement(StrictMode, null, createElement(hooks.MillraceProvider, {
        options: { name: 'ends', storage: 'memory', worker }, fallback: 'opening',
      }, createElement(Probe))));
      await until(() => workers.length === 1 && workers[0]?.opened);
      // At once, also before the components are there.
      workers[0]?.dispatchEvent(new Event('error'));
      await until(() => workers.length === 2 && container.textContent === 'open');
      assert.ok([1, 2].includes(stores.size), `${stores.size} stores`);
      unmount();
    });

    test('on a server it renders the fallback, and says where there is no provider', options, () => {
      const { React: { createElement }, hooks, renderToString } = react;
      const view = createElement(hooks.MillraceProvider, { options: { name: 'server' }, fallback: 'opening' }, 'content');
      assert.equal(renderToString(view), 'opening');
      function Probe() {
        hooks.useStore();
        return null;
      }
      assert.throws(() => renderToString(createElement(Probe)), /<MillraceProvider>/);
    });
  });
}

/** A Worker that opens a store, closes it and answers nothing else; the test ends it. */
class LonelyWorker extends EventTarget {
  opened = false;

  /** @param {{ type: string; id: number; method?: string }[]} messages */
  postMessage(messages) {
    for (const { type, id, method } of messages) {
      const value = { storage: 'memory', recovered: [] };
      if (type === 'open' || method === 'close') {
        queueMicrotask(() => {
          this.dispatchEvent(new MessageEvent('message', { data: [{ type: 'reply', id, value }] }));
          setTimeout(() => { this.opened = true; });
        });
      }
    }
  }

  terminate() {}
}

/** @param {import('../dist/index.js').Message} message */
function textOf(message) {
  return message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
