// @ts-check
/** `millrace/react` in a document of jsdom, with the React of a folder. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** @import { Store } from '../../dist/index.js' */
/** @import { Observed, Observers, Shown } from './page/observers.js' */
/** @typedef {typeof import('../../dist/react/index.js')} Hooks */

const web = fileURLToPath(new URL('../..', import.meta.url));
/** Where each version of React is installed. @type {Readonly<Record<string, string>>} */
export const REACTS = { 19: web, 18: join(web, 'test/react-18') };

/**
 * An application's folder gets this React, beside the packed package. Returns what an application imports.
 * @param {string} folder @param {string} from
 */
export async function installReact(folder, from) {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of ['react', 'react-dom']) symlinkSync(join(from, 'node_modules', name), join(folder, 'node_modules', name));
  const { resolve } = createRequire(join(folder, 'package.json'));
  const entry = (/** @type {string} */ name) => pathToFileURL(join(folder, 'node_modules/millrace/dist', name)).href;
  const [react, client, dom, server, hooks, millrace] = await Promise.all([
    ...['react', 'react-dom/client', 'react-dom', 'react-dom/server'].map((name) => import(pathToFileURL(resolve(name)).href)),
    import(entry('react.js')), import(entry('worker/node.js')),
  ]);
  return {
    React: /** @type {typeof import('react')} */ (react.default), createRoot: client.default.createRoot, flushSync: dom.default.flushSync,
    renderToString: /** @type {(element: unknown) => string} */ (server.default.renderToString),
    hooks: /** @type {Hooks} */ (hooks), millrace: /** @type {typeof import('../../dist/index.js')} */ (millrace),
  };
}

/** @typedef {Awaited<ReturnType<typeof installReact>>} Installed */

/** React needs a document; there is one from here on. */
export async function useDocument() {
  // Its types are not right with those of TypeScript's own DOM: it is taken without them.
  const { JSDOM } = await import(/** @type {string} */ ('jsdom'));
  const { window } = new JSDOM('<!doctype html><html lang="en"><title>Test</title><body></body></html>', { pretendToBeVisual: true });
  Object.assign(globalThis, { window, document: window.document });
  // Newer versions of Node have one, which cannot be replaced.
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: window.navigator });
  return window;
}

/** Renders an element into a new root. @param {Installed} react @param {unknown} element */
export function mount({ createRoot, flushSync }, element) {
  const container = document.createElement('div');
  const root = createRoot(container);
  flushSync(() => root.render(element));
  return {
    container,
    /** @param {unknown} next */
    render: (next) => flushSync(() => root.render(next)),
    unmount: () => flushSync(() => root.unmount()),
  };
}

/** Through components, each mounted twice by StrictMode. @param {Installed} react @returns {Observers} */
export function observersOf(react) {
  const { React: { StrictMode, createElement, useLayoutEffect }, hooks } = react;

  /** @param {Store} store @param {() => any} useState @returns {Observed} */
  function observe(store, useState) {
    /** @type {any} */
    let state = { status: 'loading' };
    let renders = 0;
    function Probe() {
      const current = useState();
      useLayoutEffect(() => {
        state = current;
        renders++;
      });
      return null;
    }
    const { unmount } = mount(react, createElement(StrictMode, null,
      createElement(hooks.MillraceProvider, { store }, createElement(Probe))));
    return {
      shown: () => /** @type {Shown} */ (state), changes: () => renders, end: unmount,
      more: (count) => (state.loadEarlier ?? state.loadMore)(count),
    };
  }
  return {
    conversation: (store, sessionId, options) => observe(store, () => hooks.useConversation(sessionId, options)),
    ids: (store, sessionId, options) => observe(store, () => hooks.useMessageIds(sessionId, options)),
    message: (store, messageId) => observe(store, () => hooks.useMessage(messageId)),
    sessions: (store, options) => observe(store, () => hooks.useSessions(options)),
    search: (store, query, options) => observe(store, () => hooks.useSearch(query, options)),
  };
}
