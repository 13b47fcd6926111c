// What the demo can do beside a reply: many conversations, search, files in and out, messages that are changed. In a real browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, describe, test } from 'node:test';
import { openStore } from 'millrace';
import { setScene } from './scene.mjs';
import { ask, isTidy, partsOf } from './support.mjs';

const SESSIONS = 1000;
const LONG = 4000;
/** Elements that a page of the demo may have, however much is stored. */
const MOST_ELEMENTS = 2000;

describe('the demo', { timeout: 240_000 }, () => {
  const scene = setScene({ expected: [/status of \d+/, /ERR_CONNECTION_REFUSED/, /CORS policy/] });
  const { button, idle, useServer } = scene;
  let page;
  beforeEach(() => {
    ({ page } = scene);
  });

  /** Waits for so many finished replies. */
  async function answered(count) {
    await page.waitForFunction((wanted) => document.querySelectorAll('article.assistant[aria-busy=false]').length === wanted, count);
    await idle();
  }

  /** An export with many conversations in it. */
  async function manyConversations() {
    const store = await openStore({ storage: 'memory', name: 'many' });
    try {
      const sessions = await Promise.all(Array.from({ length: SESSIONS }, (_, n) => store.sessions.create({ id: `s${n}`, title: `Conversation ${n}` })));
      await store.sessions.update('s500', { title: 'The long one' });
      const say = (sessionId, text, role = 'user') => store.messages.create(sessionId, { role, parts: [{ type: 'text', text }] });
      await Promise.all(sessions.map(({ id }) => say(id, `Said in ${id}`)));
      for (let n = 0; n < LONG; n += 500) await Promise.all(Array.from({ length: 500 }, (_, index) => say('s500', n + index === 17 ? 'The needle in it' : `Message ${n + index}`)));
      return Buffer.from(await (await store.export()).arrayBuffer());
    } finally {
      await store.close();
    }
  }

  test('1,000 conversations, and one of 4,000 messages among them: found, shown and searched', async (context) => {
    const buffer = await manyConversations();
    await button('Your data').click();
    await page.getByLabel('File to import').setInputFiles({ name: 'many.sqlite', mimeType: 'application/vnd.sqlite3', buffer });
    await page.getByRole('status').getByText(/^1000 conversations and 5000 messages were added/).waitFor();
    await isTidy(page, 'your data');
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox', { name: 'Search titles' }).fill('long');
    const begun = Date.now();
    await partsOf(page).session('The long one').click();
    await page.getByText('Message 3999', { exact: true }).waitFor();
    context.diagnostic(`from the click to the last of ${LONG} messages among ${SESSIONS} conversations: ${Date.now() - begun} ms`);
    const count = () => page.evaluate(() => document.querySelectorAll('*').length);
    assert.ok(await count() < MOST_ELEMENTS, `${await count()} elements`);
    await isTidy(page, 'found by title');

    await page.getByRole('searchbox', { name: 'Search titles' }).fill('');
    await page.reload();
    await page.getByText('Message 3999', { exact: true }).waitFor();
    assert.ok(await count() < MOST_ELEMENTS, `${await count()} elements`);
    await page.getByText('Message 3970', { exact: true }).scrollIntoViewIfNeeded();
    await page.getByText('Message 3960', { exact: true }).waitFor({ state: 'attached' });

    await button('Search').click();
    await page.getByRole('searchbox', { name: 'Words to look for' }).fill('needle');
    const hit = page.getByRole('list', { name: 'Found' }).getByRole('button');
    await hit.locator('mark').getByText('needle').waitFor();
    await isTidy(page, 'search');
    await hit.click();
    await page.waitForFunction(() => document.activeElement?.textContent === 'The needle in it');
    await isTidy(page, 'jumped to the message');
  });

  test('an export can be imported, and the Worker can crash', async () => {
    await ask(page, 'Remember this');
    await partsOf(page).stop.waitFor();
    await page.keyboard.press('Escape');
    await idle();
    await button('Your data').click();
    await page.getByText(/private file system/).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), button('Export').click()]);
    assert.equal(download.suggestedFilename(), 'conversations.sqlite');
    const bytes = readFileSync(await download.path());
    assert.equal(bytes.subarray(0, 15).toString(), 'SQLite format 3');
    await button('Crash this tab’s Worker').click();
    await page.getByRole('status').getByText(/The store was opened again/).waitFor();
    await partsOf(page).questions.getByText('Remember this').waitFor();
    await ask(page, 'And this');
    await partsOf(page).questions.getByText('And this').waitFor();
    await partsOf(page).stop.waitFor();
    await page.keyboard.press('Escape');
    await idle();
    assert.equal(await partsOf(page).questions.count(), 2);
    await isTidy(page, 'after a crash');
  });

  test('messages are copied, edited and written anew', async () => {
    const other = await useServer(['An answer']);
    await scene.browser.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await ask(page, 'First question');
    await answered(1);
    await partsOf(page).questions.last().locator('..').getByRole('button', { name: 'Copy the message' }).click();
    await page.getByRole('status').getByText('The message was copied.').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'First question');
    await ask(page, 'Second question');
    await answered(2);
    await button('Write this reply anew').click();
    await page.getByRole('status').getByText('The reply is complete.').waitFor();
    await answered(2);
    assert.equal(other.requests.length, 3);

    await button('Edit the message').first().click();
    await page.getByRole('textbox', { name: 'Edit the message' }).press('Escape');
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Edit the message');
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Edit the message' }).fill('Another question');
    await isTidy(page, 'editing');
    await page.keyboard.press('Enter');
    await partsOf(page).questions.getByText('Another question').waitFor();
    await answered(1);
    assert.equal(await partsOf(page).questions.count(), 1);
    assert.deepEqual(other.requests.at(-1).body.messages.filter(({ role }) => role === 'user').map(({ content }) => content), ['Another question']);
    await isTidy(page, 'edited');
  });

  test('formulas, code with its language, HTML as text, and the direction of each block', async () => {
    const other = await useServer(['The sum $a^2 + b^2$ and a <div class="x"> in it.\n\n', '```js\nconst a = 1;\n```\n\n', 'مرحبا بالعالم\n\n', '```\nplain\n```\n']);
    await ask(page, 'Show me');
    await answered(1);
    const reply = partsOf(page).replies.last();
    await reply.locator('math').first().waitFor();
    await reply.getByText('<div class="x">').waitFor();
    await reply.locator('.hljs-keyword').getByText('const').waitFor();
    await reply.locator('.code-language').getByText('js').waitFor();
    assert.equal(await reply.getByText('مرحبا بالعالم').evaluate((element) => getComputedStyle(element).direction), 'rtl');
    assert.equal(await reply.getByText(/^The sum/).evaluate((element) => getComputedStyle(element).direction), 'ltr');
    await isTidy(page, 'rich text');
  });

  test('a server that wants to be left alone for a while: its own words, and how long', async () => {
    const other = await useServer([], 3600);
    await ask(page, 'Too much');
    await page.getByText(/You ask too much\./).first().waitFor();
    const timer = page.getByRole('timer');
    const first = await timer.innerText();
    assert.match(first, /^The server asks to wait 3[56]\d\d seconds\.$/);
    await page.waitForFunction((shown) => document.querySelector('[role=timer]')?.textContent !== shown, first);
    assert.ok(await button('Retry').isDisabled());
    await isTidy(page, 'asked to wait');
  });

  test('an empty conversation is used again, and a server that is away is explained', async () => {
    const listed = partsOf(page).conversations.getByRole('button', { name: 'Delete New conversation' });
    await partsOf(page).create.click();
    await listed.waitFor();
    await partsOf(page).create.click();
    await page.waitForFunction(() => document.activeElement?.id === 'composer');
    assert.equal(await listed.count(), 1);
    const other = await useServer([]);
    await other.close();
    await ask(page, 'Anybody there?');
    await page.getByText(/Is the server running\? Does it allow requests from this page/).waitFor();
    await isTidy(page, 'no server');
    await button('Delete Anybody there?').click();
    await page.getByRole('alertdialog', { name: 'Delete this conversation?' }).getByRole('button', { name: 'Delete' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.session').length === 0);
    await isTidy(page, 'deleted');
  });
});
