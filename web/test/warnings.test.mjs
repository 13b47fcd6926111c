// @ts-check
/** What the Worker says in the console. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchChromium, openPage } from './support/chromium.mjs';
import { stage } from './support/stage.mjs';

/** @import { Store } from '../dist/index.js' */


const chromium = stage(launchChromium);

test('a listener that takes nothing for too long: one warning, whatever else is lost', { timeout: 30_000 }, async () => {
  const { page } = await openPage(chromium.browser.context, chromium.server.url);
  /** @type {string[]} */
  const warnings = [];
  page.on('console', (message) => { if (message.type() === 'warning') warnings.push(message.text()); });
  await page.evaluate(async () => {
    const { openStore } = await import(/** @type {string} */ ('/dist/index.js'));
    const page = Object.assign(globalThis, { deaf: true, credits: 0 });
    /** @type {Store} */
    const store = await openStore({
      name: 'deaf', storage: 'memory', mustDeliverTimeoutMs: 1, mailboxCapacity: 1,
      worker() {
        const worker = new Worker('/dist/worker/worker.js', { type: 'module' });
        const post = worker.postMessage.bind(worker);
        // A page that does not get through with its batches.
        worker.postMessage = (/** @type {any} */ messages, /** @type {any} */ transfer = []) => {
          const kept = messages.filter((/** @type {any} */ { type }) => type === 'credit' && page.deaf);
          for (const { count } of kept) page.credits += count;
          post(messages.filter((/** @type {any} */ message) => !kept.includes(message)), transfer);
        };
        Object.assign(page, { hearAgain: () => {
          page.deaf = false;
          post([{ type: 'credit', count: page.credits }]);
        } });
        return worker;
      },
    });
    store.subscribe(() => undefined);
    Object.assign(page, { store });
  });
  // Its answers wait behind the events that it does not take.
  const create = () => page.evaluate(() => void /** @type {any} */ (globalThis).store.sessions.create());
  while (warnings.length === 0) await create();
  for (let n = 0; n < 10; ++n) await create();
  const dropped = await page.evaluate(async () => {
    const { store, hearAgain } = /** @type {any} */ (globalThis);
    hearAgain();
    return (await store.stats()).mustDeliverDropped;
  });
  assert.ok(dropped > 1, `more than one was lost: ${dropped}`);
  await page.evaluate(() => console.warn('the end'));
  while (!warnings.includes('the end')) await page.waitForEvent('console');
  assert.equal(warnings.filter((text) => /millrace: a listener has taken nothing for too long.*'lagged'/.test(text)).length, 1, warnings.join('\n'));
  await page.close();
});
