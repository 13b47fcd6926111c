// @ts-check
/**
 * Several tabs of one browser with one store (M1 to M4), on real locks, channels and files.
 * Longer than the norm because all of it is played on the same tabs, in each browser and on each storage.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchChromium } from './support/chromium.mjs';
import { launchFirefox } from './support/firefox.mjs';
import { serve } from './support/server.mjs';
import { FOLDERS, stage } from './support/stage.mjs';

/** @import { TestBrowser, TestPage } from './support/stage.mjs' */

const options = { timeout: 60_000 };

/** @param {TestBrowser} browser @param {string} url @param {{ name: string; storage: string }} open */
async function openTab(browser, url, open) {
  const { page } = await browser.open(url);
  await page.evaluate(async (asked) => {
    const millrace = await import(/** @type {string} */ ('/dist/index.js'));
    /** @type {import('../dist/index.js').Store} */
    const store = await millrace.openStore({
      ...asked, worker: () => (Object.assign(globalThis, { worker: new Worker('/dist/worker/worker.js', { type: 'module' }) }), /** @type {any} */ (globalThis).worker),
    });
    /** @type {import('../dist/index.js').StoreEvent[]} */
    const events = [];
    store.subscribe((batch) => events.push(...batch));
    /** @param {() => unknown} condition */
    const until = async (condition) => {
      for (;;) {
        const value = await condition();
        if (value) return value;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    const textOf = async (/** @type {string} */ id) => (await store.messages.get(id))?.parts.map((/** @type {any} */ part) => part.text ?? part.reason).join('|');
    Object.assign(globalThis, { millrace, store, events, until, textOf });
  }, open);
  return page;
}

/** What a tab's page has in its globals. @typedef {{ millrace: any; store: import('../dist/index.js').Store; events: any[]; until: (condition: () => unknown) => Promise<any>; textOf: (id: string) => Promise<string | undefined>; draft: import('../dist/index.js').Draft; worker: Worker; run: any; body: any }} Tab */

/** @param {TestPage} page */
const roleOf = (page) => page.evaluate(async () => (await /** @type {Tab} */ (/** @type {any} */ (globalThis)).store.stats()).role, undefined);

/** A draft in that tab, with some text. @param {TestPage} page @param {string} text @returns {Promise<string>} */
const startDraft = (page, text) => page.evaluate(async (words) => {
  const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
  const [session = await tab.store.sessions.create({ title: 'Shared' })] = await tab.store.sessions.list();
  tab.draft = await tab.store.messages.create(session.id, { role: 'assistant' });
  tab.draft.appendText(words);
  return tab.draft.id;
}, text);

/** @param {TestPage} page @param {{ id: string; text: string }} what */
const showsText = (page, what) => page.evaluate(({ id, text }) => {
  const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
  return tab.until(async () => await tab.textOf(id) === text).then(() => true);
}, what);

for (const [name, launch] of /** @type {const} */ ([['Chromium', launchChromium], ['Firefox', launchFirefox]])) {
  for (const storage of ['opfs', 'indexeddb']) {
    describe(`tabs in ${name} on ${storage}`, () => {
      const set = stage(launch);
      let count = 0;
      /** @param {number} tabs */
      async function open(tabs) {
        const store = { name: `tabs-${storage}-${++count}`, storage };
        const pages = [];
        for (let n = 0; n < tabs; n++) pages.push(await openTab(/** @type {TestBrowser} */ (set.browser), set.server.url, store));
        return { pages: /** @type {[TestPage, TestPage, TestPage]} */ (/** @type {unknown} */ (pages)), more: () => openTab(/** @type {TestBrowser} */ (set.browser), set.server.url, store) };
      }

      test('M1_ what one tab does, all of them have and hear, whoever leads', options, async () => {
        const { pages } = await open(3);
        assert.deepEqual(await Promise.all(pages.map(roleOf)), ['leader', 'follower', 'follower']);
        const id = await startDraft(pages[1], 'Hello');
        for (const page of pages) await showsText(page, { id, text: 'Hello' });
        const heard = await pages[2].evaluate(async (message) => {
          const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          await tab.until(() => tab.events.some((event) => event.message?.id === message && event.message.parts[0]?.text === 'Hello'));
          return tab.events.filter(({ type }) => type === 'created').length;
        }, id);
        assert.equal(heard, 1);
        const finished = await pages[1].evaluate(async () => {
          const { draft, textOf } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          await draft.finish();
          return textOf(draft.id);
        }, undefined);
        assert.equal(finished, 'Hello|end_turn');
        for (const page of pages) await page.close();
      });

      test('L1_ a live conversation of a tab that follows shows the versions that another one makes, deletes and switches to', options, async () => {
        const { pages: [first, second] } = await open(2);
        await first.evaluate(async () => {
          const { store } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          await store.sessions.create({ id: 's' });
          for (const id of ['question', 'reply']) await store.messages.create('s', { id, role: 'user' });
        }, undefined);
        const shown = (/** @type {string} */ wanted) => second.evaluate(async (text) => {
          const tab = /** @type {any} */ (globalThis);
          if (!tab.conversation) {
            tab.conversation = (await import(/** @type {string} */ ('/dist/live.js'))).liveConversation(tab.store, 's');
            tab.conversation.subscribe(() => undefined);
          }
          await tab.until(() => {
            const { messages = [], versions = new Map() } = tab.conversation.get().value ?? {};
            return messages.map((/** @type {any} */ { id }) => {
              const of = versions.get(id);
              return of ? `${id} ${of.index + 1}/${of.messageIds.length}` : id;
            }).join(', ') === text;
          });
        }, wanted);
        const create = (/** @type {string} */ id, /** @type {string | null} */ parentId) => first.evaluate(async (init) => {
          await /** @type {Tab} */ (/** @type {any} */ (globalThis)).store.messages.create('s', init);
        }, { id, role: /** @type {const} */ ('user'), parentId });
        const switchTo = (/** @type {TestPage} */ page, /** @type {string} */ id) => page.evaluate(async (message) => {
          await /** @type {Tab} */ (/** @type {any} */ (globalThis)).store.sessions.switchTo('s', message);
        }, id);
        await shown('question, reply');
        await create('again', 'question');
        await shown('question, again 2/2');
        await create('edited', null);
        await shown('edited 2/2');
        await switchTo(first, 'reply');
        await shown('question 1/2, reply 1/2');
        await first.evaluate(() => /** @type {Tab} */ (/** @type {any} */ (globalThis)).store.messages.delete('again'), undefined);
        await shown('question 1/2, reply');
        // The next leader goes on where that one was.
        await first.close();
        await switchTo(second, 'edited');
        await shown('edited 2/2');
        await second.close();
      });

      test('M2_ the leader goes: a draft of another tab loses and doubles nothing, and its own is interrupted', options, async () => {
        const { pages: [first, second, third] } = await open(3);
        const own = await startDraft(first, 'of the leader');
        await showsText(third, { id: own, text: 'of the leader' });
        const id = await startDraft(second, 'a');
        await second.evaluate(() => {
          const { draft } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          let n = 0;
          const timer = setInterval(() => { draft.appendText(String(n)); if (++n === 10) clearInterval(timer); }, 5);
        }, undefined);
        await first.close();
        await showsText(third, { id, text: 'a0123456789' });
        await showsText(third, { id: own, text: 'of the leader|interrupted' });
        await second.evaluate(() => /** @type {Tab} */ (/** @type {any} */ (globalThis)).draft.finish(), undefined);
        await showsText(third, { id, text: 'a0123456789|end_turn' });
        assert.deepEqual((await Promise.all([second, third].map(roleOf))).sort(), ['follower', 'leader']);
        const roles = (await Promise.all([second, third].map((page) => page.evaluate(() =>
          /** @type {Tab} */ (/** @type {any} */ (globalThis)).events.filter(({ type }) => type === 'role').map(({ role }) => role), undefined)))).flat();
        assert.deepEqual(roles, ['leader']);
        await second.close();
        await third.close();
      });

      test('M2_ calls under way are done once, by the next leader', options, async () => {
        const { pages: [first, second] } = await open(2);
        const making = second.evaluate(async () => {
          const { store } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          const made = [];
          for (let n = 0; n < 60; n++) made.push((await store.sessions.create({ title: `s${n}` })).id);
          return made.length;
        }, undefined);
        await second.evaluate(() => /** @type {Tab} */ (/** @type {any} */ (globalThis)).until(async () => /** @type {any} */ (globalThis).events.length > 5), undefined);
        await first.close();
        assert.equal(await making, 60);
        const titles = await second.evaluate(async () => (await /** @type {Tab} */ (/** @type {any} */ (globalThis)).store.sessions.list()).map(({ title }) => title), undefined);
        assert.equal(new Set(titles).size, 60);
        assert.equal(titles.length, 60);
        await second.close();
      });

      test('M2_ a stream that a follower reads lives as long as its tab', options, async () => {
        const { pages: [first, second, third] } = await open(3);
        const id = await second.evaluate(async () => {
          const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          const session = await tab.store.sessions.create();
          const encoder = new TextEncoder();
          const body = new ReadableStream({
            start(controller) {
              tab.body = (/** @type {string} */ text) => (text === '' ? controller.close()
                : controller.enqueue(encoder.encode(`data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`)));
            },
          });
          tab.run = await tab.store.ingest(session.id, new Response(body), { format: 'openai-chat' });
          tab.body('one ');
          return tab.run.messageId;
        }, undefined);
        await showsText(third, { id, text: 'one ' });
        await first.close();
        const done = await second.evaluate(async () => {
          const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          tab.body('two');
          tab.body('');
          return (await tab.run.done).parts.map((/** @type {any} */ part) => part.text ?? part.reason);
        }, undefined);
        assert.deepEqual(done, ['one two', 'unknown']);
        await showsText(third, { id, text: 'one two|unknown' });
        await second.close();
        await third.close();
      });

      test('M2_ a run of a follower goes on when the leader closes, and ends as it is ended', options, async () => {
        const { pages: [first, second, third] } = await open(3);
        const id = await second.evaluate(() => {
          const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          return new Promise((resolve) => {
            tab.run = tab.store.sessions.create().then((session) => tab.store.run(session.id, async (scope) => {
              const draft = await scope.create({ role: 'assistant' });
              draft.appendText('begun');
              await draft.flush();
              resolve(draft.id);
              await new Promise((goOn) => { tab.body = goOn; });
              draft.appendText(', and gone on with');
            }));
          });
        }, undefined);
        await first.evaluate(() => /** @type {Tab} */ (/** @type {any} */ (globalThis)).store.close(), undefined);
        await showsText(third, { id: String(id), text: 'begun' });
        await second.evaluate(async () => {
          const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          tab.body();
          await tab.run;
        }, undefined);
        await showsText(third, { id: String(id), text: 'begun, and gone on with|unknown' });
        for (const page of [first, second, third]) await page.close();
      });

      test('M2_ a message is interrupted when its tab dies, not before', options, async () => {
        const { pages: [first, second, third] } = await open(3);
        const id = await startDraft(second, 'unfinished');
        // A window that was not saved goes with its tab.
        await second.evaluate(() => /** @type {Tab} */ (/** @type {any} */ (globalThis)).draft.flush(), undefined);
        await showsText(third, { id, text: 'unfinished' });
        await first.close();
        await third.evaluate(() => /** @type {Tab} */ (/** @type {any} */ (globalThis)).store.sessions.list(), undefined);
        await showsText(third, { id, text: 'unfinished' });
        await second.close();
        await showsText(third, { id, text: 'unfinished|interrupted' });
        await third.close();
      });

      test('M3_ a leader that goes into the cache of the browser lets another tab lead, and follows when it comes back', options, async () => {
        const { pages: [first, second] } = await open(2);
        const id = await startDraft(first, 'before');
        const show = (/** @type {TestPage} */ page, /** @type {string} */ type) => page.evaluate((name) => {
          window.dispatchEvent(new PageTransitionEvent(name, { persisted: true }));
        }, type);
        await show(first, 'pagehide');
        await showsText(second, { id, text: 'before' });
        assert.equal(await roleOf(second), 'leader');
        await show(first, 'pageshow');
        await first.evaluate(async () => {
          const { draft } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          draft.appendText(', and after');
          await draft.finish();
        }, undefined);
        await showsText(second, { id, text: 'before, and after|end_turn' });
        assert.equal(await roleOf(first), 'follower');
        await first.close();
        await second.close();
      });

      test('M3_ what a leader reads goes on when it comes back from the cache, while another tab leads', options, async () => {
        const { pages: [first, second] } = await open(2);
        const ids = await first.evaluate(async () => {
          const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          const session = await tab.store.sessions.create();
          const stream = () => {
            /** @type {ReadableStreamDefaultController<Uint8Array>} */
            let to;
            const body = new ReadableStream({ start(controller) { to = controller; } });
            return { body, say: (/** @type {string} */ text) => to.enqueue(new TextEncoder().encode(text)), end: () => to.close() };
          };
          const [here, mapped] = [stream(), stream()];
          const runs = await Promise.all([
            tab.store.ingest(session.id, new Response(here.body), { format: 'text' }),
            tab.store.ingest(session.id, mapped.body, { format: (chunk, draft) => draft.appendText(chunk) }),
          ]);
          here.say('of the Worker');
          mapped.say('of the page');
          Object.assign(tab, { run: runs, body: [here, mapped] });
          return runs.map(({ messageId }) => messageId);
        }, undefined);
        const [here = '', mapped = ''] = ids;
        await showsText(second, { id: here, text: 'of the Worker' });
        await showsText(second, { id: mapped, text: 'of the page' });
        await first.evaluate(() => { window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); }, undefined);
        await showsText(second, { id: here, text: 'of the Worker' });
        assert.equal(await roleOf(second), 'leader');
        const whole = await first.evaluate(async () => {
          const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
          for (const body of tab.body) {
            body.say(', still');
            body.end();
          }
          const ended = await Promise.all(tab.run.map((/** @type {any} */ run) => run.done));
          return ended.map(({ parts }) => parts.map((/** @type {any} */ part) => part.text ?? part.reason).join('|'));
        }, undefined);
        assert.deepEqual(whole, ['of the Worker, still|end_turn', 'of the page, still|end_turn']);
        await showsText(second, { id: here, text: 'of the Worker, still|end_turn' });
        await showsText(second, { id: mapped, text: 'of the page, still|end_turn' });
        await first.close();
        await second.close();
      });

      test('M2_ a Worker that is terminated while it leads: the others go on', options, async () => {
        const { pages: [first, second] } = await open(2);
        const id = await startDraft(second, 'before');
        await first.evaluate(() => /** @type {Tab} */ (/** @type {any} */ (globalThis)).worker.terminate(), undefined);
        await second.evaluate(async () => {
          const { draft } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          draft.appendText(', after');
          await draft.flush();
        }, undefined);
        await showsText(second, { id, text: 'before, after' });
        await first.close();
        await second.close();
      });

      test('closing the store in the leader hands it on; what the others have open stays open', options, async () => {
        const { pages: [first, second] } = await open(2);
        const id = await startDraft(second, 'kept');
        await first.evaluate(() => /** @type {Tab} */ (/** @type {any} */ (globalThis)).store.close(), undefined);
        await showsText(second, { id, text: 'kept' });
        assert.equal(await roleOf(second), 'leader');
        await first.close();
        await second.close();
      });

      test('B7_ a page that was blocked is called three times at most, with all of it, and hears the end once, whoever leads', options, async () => {
        const { pages: [leader, follower, writer] } = await open(3);
        for (const blocked of [leader, follower]) {
          const id = await startDraft(writer, '');
          const hearing = blocked.evaluate(async (message) => {
            const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
            const heard = { calls: 0, ends: 0, text: '' };
            /** @type {() => void} */
            let begin = () => undefined;
            const begun = new Promise((resolve) => { begin = () => resolve(undefined); });
            const unsubscribe = tab.store.subscribe((events) => {
              heard.calls++;
              for (const event of events) {
                if (event.type !== 'updated') continue;
                heard.text = event.message.parts.map((part) => ('text' in part ? part.text : '')).join('');
                if (event.message.finishedAt !== undefined) heard.ends++;
              }
              begin();
            }, { messageId: message });
            await begun;
            const end = performance.now() + 2000;
            while (performance.now() < end);
            heard.calls = 0;
            await tab.until(() => heard.ends > 0);
            // Whatever else was on its way is there before this is.
            await tab.store.stats();
            unsubscribe();
            return heard;
          }, id);
          const written = await writer.evaluate(async () => {
            const { draft } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
            let text = '';
            const start = performance.now();
            for (let n = 0; n < 1500;) {
              for (; n < performance.now() - start; n++) {
                draft.appendText(`${n} `);
                text += `${n} `;
              }
              await new Promise((resolve) => setTimeout(resolve, 4));
            }
            await draft.finish();
            return text;
          }, undefined);
          const { calls, ends, text } = await hearing;
          assert.ok(calls <= 3, `${calls} calls`);
          assert.equal(ends, 1);
          assert.equal(text, written);
        }
        for (const page of [leader, follower, writer]) await page.close();
      });

      test('D1_D3_D6_ a follower branches, switches, forks, notes and brings in history; the leader hears it', options, async () => {
        const { pages: [first, second] } = await open(2);
        const outcome = await second.evaluate(async () => {
          const { store } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          const { id } = await store.sessions.create({ id: 'tree', metadata: { a: 1 } });
          await store.messages.createAll(id, ['q', 'r', 's'].map((name) => ({ id: name, role: /** @type {const} */ ('user') })));
          const draft = await store.messages.create(id, { id: 'v', role: 'assistant', parentId: 'q' });
          draft.setMetadata({ n: 1 });
          await draft.finish('end_turn', { usage: { inputTokens: 1, outputTokens: 2 } });
          await store.messages.setMetadata('v', { rating: 5 });
          const shown = (await store.messages.list(id)).map((message) => message.id);
          const { headId } = await store.sessions.switchTo(id, 'r');
          const fork = await store.sessions.fork('v', { id: 'fork' });
          return { shown, headId, fork: fork.messageCount, branches: await store.messages.branches(id) };
        }, undefined);
        assert.deepEqual(outcome, { shown: ['q', 'v'], headId: 's', fork: 2, branches: [{ parentId: 'q', messageIds: ['r', 'v'] }] });
        const heard = await first.evaluate(async () => {
          const tab = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          await tab.until(() => tab.events.some(({ message }) => message?.id === 'v' && message.metadata?.rating === 5));
          const message = await tab.store.messages.get('v');
          return [message?.metadata, message?.usage, (await tab.store.messages.list('tree')).length];
        }, undefined);
        assert.deepEqual(heard, [{ n: 1, rating: 5 }, { inputTokens: 1, outputTokens: 2 }, 3]);
        await first.close();
        await second.close();
      });

      test('D5_ a follower puts and gets blobs, from a stream too; the leader has them and its messages name them', options, async () => {
        const { pages: [first, second] } = await open(2);
        await startDraft(first, 'first');
        const id = await second.evaluate(async () => {
          const { store } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          const bytes = new Uint8Array(2_000_000).fill(7);
          const { id } = await store.blobs.put(bytes, { mediaType: 'image/png' });
          const again = await store.blobs.put(new Blob([bytes]).stream());
          if (again.id !== id) throw new Error('the same content has another name');
          const [session] = await store.sessions.list();
          await store.messages.create(session?.id ?? '', { role: 'user', parts: [{ type: 'file', mediaType: 'image/png', blob: id }] });
          return id;
        }, undefined);
        const sum = await first.evaluate(async (blob) => {
          const { store } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          const content = await store.blobs.get(blob);
          const bytes = new Uint8Array(await /** @type {Blob} */ (content).arrayBuffer());
          return { size: bytes.length, last: bytes.at(-1), type: content?.type, usage: await store.blobs.usage() };
        }, id);
        assert.deepEqual(sum, { size: 2_000_000, last: 7, type: 'image/png', usage: { count: 1, bytes: 2_000_000 } });
        await first.close();
        await second.close();
      });
      test('export and import in a follower', options, async () => {
        const { pages: [first, second] } = await open(2);
        await startDraft(first, 'to be exported');
        const outcome = await second.evaluate(async () => {
          const { store, millrace } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          const file = await store.export();
          const other = await millrace.openStore({ storage: 'memory', name: 'other' });
          const counts = await other.import(file);
          await other.close();
          return { counts, again: await store.import(file) };
        }, undefined);
        assert.deepEqual(outcome, { counts: { sessions: 1, messages: 1 }, again: { sessions: 0, messages: 0 } });
        const blobs = await second.evaluate(async () => {
          const { store, millrace } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
          const [session] = await store.sessions.list();
          const bytes = new Uint8Array(150_000).fill(65);
          const { id } = await store.blobs.put(bytes);
          await store.messages.create(session?.id ?? '', { role: 'user', parts: [{ type: 'file', mediaType: 'a/b', blob: id }] });
          const file = await store.export({ blobs: true });
          const other = await millrace.openStore({ storage: 'memory', name: 'other' });
          const counts = await other.import(file);
          const content = await other.blobs.get(id);
          // An image in a reply that is read here is kept here, and named there.
          const url = `data:image/png;base64,${btoa(String.fromCharCode(...bytes.subarray(0, 60_000)))}`;
          const delta = { images: [{ type: 'image_url', image_url: { url } }] };
          const event = { object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: 'stop' }] };
          const run = await store.ingest(session?.id ?? '', new Response(`data: ${JSON.stringify(event)}\n\n`), { format: 'openai-chat' });
          const [part] = (await run.done).parts;
          const image = part?.type === 'file' ? (await store.blobs.get(part.blob ?? ''))?.size : undefined;
          await other.close();
          return { counts, size: content?.size, image };
        }, undefined);
        assert.deepEqual(blobs, { counts: { sessions: 1, messages: 2 }, size: 150_000, image: 60_000 });
        await first.close();
        await second.close();
      });
    });
  }
}

describe('tabs in the cache of Chromium', () => {
  /** @type {Awaited<ReturnType<typeof serve>>} */
  let server;
  /** @type {Awaited<ReturnType<typeof launchChromium>>} */
  let browser;
  before(async () => {
    // The browser keeps no page that was served as `no-store`.
    server = await serve(FOLDERS, { cacheControl: 'no-cache', pages: { '/elsewhere': '<!doctype html><title>Elsewhere</title>' } });
    browser = await launchChromium({ pageCache: true });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  test('M3_ the leader navigates away, another tab leads; by "Back" it follows, whether it was kept or not', options, async (context) => {
    const open = { name: 'cached', storage: 'opfs' };
    const first = /** @type {import('playwright-core').Page} */ (/** @type {unknown} */ (await openTab(browser, server.url, open)));
    const second = await openTab(browser, server.url, open);
    const id = await startDraft(second, 'a');
    assert.equal(await roleOf(first), 'leader');
    await first.goto(`${server.url}elsewhere`);
    await second.evaluate(() => /** @type {Tab} */ (/** @type {any} */ (globalThis)).draft.appendText('b'), undefined);
    await showsText(second, { id, text: 'ab' });
    assert.equal(await roleOf(second), 'leader');
    // A page that was kept loads nothing. One that Chromium threw out of its cache takes its process with it, now and then.
    const kept = await first.goBack({ waitUntil: 'commit' }).then(() => first.evaluate(() => 'store' in globalThis), () => undefined);
    context.diagnostic(kept === undefined ? 'the page crashed' : kept ? 'the page was kept' : 'the page was loaded anew');
    const back = kept ? first : await openTab(browser, server.url, open);
    await showsText(back, { id, text: 'ab' });
    assert.equal(await roleOf(back), 'follower');
    assert.equal(await second.evaluate(async () => {
      const { draft, textOf } = /** @type {Tab} */ (/** @type {any} */ (globalThis));
      await draft.finish();
      return textOf(draft.id);
    }, undefined), 'ab|end_turn');
    await showsText(back, { id, text: 'ab|end_turn' });
  });
});
