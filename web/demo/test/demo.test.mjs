// The demo in a real browser, as a person uses it. Waits for what is to be seen, never for a time.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { accessibilityFaults, overflows } from './accessibility.mjs';
import { ask, figuresWhere, isTidy, partsOf, startBrowser, startDemo, startOtherServer } from './support.mjs';

let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.close());

describe('the demo', { timeout: 240_000 }, () => {
  let browser;
  let page;
  let troubles;

  beforeEach(async () => {
    browser = await startBrowser();
    ({ page, troubles } = await browser.open(demo.address, { expected: [/status of 500/, /ERR_INCOMPLETE_CHUNKED_ENCODING/] }));
    await page.setViewportSize({ width: 1400, height: 900 });
    await partsOf(page).field.waitFor();
  });
  afterEach(async () => {
    await browser.close();
    assert.deepEqual(troubles, [], 'the page complained');
  });

  /** Slow enough to be caught in the middle, or as fast as it goes. */
  async function setRate(key) {
    await partsOf(page).rate.focus();
    await page.keyboard.press(key);
  }
  const slowly = () => setRate('Home');
  const fast = () => setRate('End');
  const idle = () => partsOf(page).send.waitFor();
  const button = (name) => page.getByRole('button', { name, exact: true });
  const lastReply = () => partsOf(page).replies.last();
  /** Waits until the last reply holds more than so many characters, and returns them. */
  async function replyLongerThan(length) {
    await page.waitForFunction((least) => ([...document.querySelectorAll('article.assistant .markdown')].at(-1)?.textContent.length ?? 0) > least, length);
    return lastReply().locator('.markdown').last().innerText();
  }
  /** Until the reply itself streams, after the tools. */
  async function replyUnderWay() {
    await page.waitForFunction(() => {
      const reply = [...document.querySelectorAll('article.assistant')].at(-1);
      return reply?.getAttribute('aria-busy') === 'true' && reply.querySelector('.tool') === null && (reply.querySelector('.markdown')?.textContent.length ?? 0) > 10;
    });
  }

  test('a reply streams with reasoning and tool calls, in far fewer saves than deltas', async () => {
    await fast();
    await ask(page, 'What time is it in Tokyo, and what is (17.5 + 2) * 34?');
    const { replies, questions, status } = partsOf(page);
    const sum = replies.first().getByRole('region', { name: 'Tool call: calculate, done' });
    await sum.waitFor();
    assert.match(await sum.innerText(), /\(17\.5 \+ 2\) \* 34 = 663/);
    await replies.first().getByRole('region', { name: 'Tool call: current time, done' }).waitFor();
    await replies.first().getByRole('button', { name: /^Thought/ }).click();
    assert.match(await replies.first().innerText(), /There is a sum in it/);
    await lastReply().getByRole('heading').first().waitFor();
    await idle();
    assert.equal(await questions.count(), 1);
    assert.equal(await replies.count(), 2);
    assert.match(await lastReply().innerText(), /\(17\.5 \+ 2\) \* 34 = 663/);
    assert.match(await status.innerText(), /complete/);
    // The server sends one token a delta and says how many; the panel counts them as the store does.
    const written = Number((await lastReply().getByText(/tokens written/).innerText()).match(/^[\d,]+/)[0].replaceAll(',', ''));
    await figuresWhere(page, ({ deltas, saves, notifications }) => deltas >= written && deltas > 10 * saves && deltas > 10 * notifications);
  });

  test('Escape stops a reply, Continue goes on in the same message', async () => {
    await slowly();
    await ask(page, 'Tell me of the garden.');
    await replyUnderWay();
    await page.keyboard.press('Escape');
    await lastReply().getByText('You stopped this reply.').waitFor();
    await idle();
    const stopped = await lastReply().locator('.markdown').last().innerText();
    const count = await partsOf(page).replies.count();
    await page.getByRole('button', { name: 'Continue' }).click();
    await replyLongerThan(stopped.length + 20);
    assert.equal(await partsOf(page).replies.count(), count);
    assert.ok((await lastReply().innerText()).includes(stopped));
    assert.equal(await lastReply().getByText('You stopped this reply.').count(), 0);
  });

  test('a reload in the middle keeps the reply up to the last window, marked as interrupted', async () => {
    await slowly();
    await ask(page, 'Tell me of the garden.');
    await replyUnderWay();
    const seen = await replyLongerThan(60);
    // A save is announced to the page after it is made: what is seen is on disk.
    await page.reload();
    await lastReply().getByText(/^Interrupted:/).waitFor();
    assert.ok((await lastReply().innerText()).includes(seen.trim()), seen);
    assert.match(await partsOf(page).status.innerText(), /One reply was cut off/);
    await idle();
    await page.getByRole('button', { name: 'Retry' }).click();
    await partsOf(page).stop.waitFor();
    await replyUnderWay();
    assert.equal(await page.getByText(/^Interrupted:/).count(), 0);
  });

  test('sessions are created, renamed and deleted with the keyboard alone', async () => {
    const { conversations, field, create, session } = partsOf(page);
    await fast();
    await ask(page, '!error First question');
    await session('!error First question').waitFor();
    await idle();
    await create.focus();
    await page.keyboard.press('Enter');
    await session('New conversation').nth(1).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'composer');
    await page.keyboard.type('!error Second question');
    await page.keyboard.press('Enter');
    await session('!error Second question').waitFor();
    await idle();

    await conversations.getByRole('button', { name: 'Rename !error First question' }).focus();
    await page.keyboard.press('Enter');
    const title = conversations.getByRole('textbox', { name: 'Title of the conversation' });
    await title.waitFor();
    await page.keyboard.press('Escape');
    await session('!error First question').waitFor();
    await page.keyboard.press('Enter');
    await title.waitFor();
    await page.keyboard.type('Eels 🐟');
    await page.keyboard.press('Enter');
    await session('Eels 🐟').waitFor();
    assert.equal(await conversations.getByRole('listitem').first().getByRole('button').first().innerText(), 'Eels 🐟', 'the most recent is first');

    await conversations.getByRole('button', { name: 'Delete Eels 🐟' }).focus();
    await page.keyboard.press('Enter');
    const question = page.getByRole('alertdialog', { name: 'Delete this conversation?' });
    await question.waitFor();
    await page.keyboard.press('Escape');
    await question.waitFor({ state: 'hidden' });
    await page.keyboard.press('Enter');
    await question.waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await session('Eels 🐟').waitFor({ state: 'detached' });
    await page.reload();
    await field.waitFor();
    assert.equal(await conversations.getByRole('listitem').count(), 1);
  });

  test('a reply goes on while another conversation is on the screen', async () => {
    const { session, create, replies } = partsOf(page);
    await slowly();
    await ask(page, 'Tell me of the garden.');
    await replyUnderWay();
    const before = await replyLongerThan(0);
    await create.click();
    await page.getByText('What shall we talk about?').waitFor();
    assert.equal(await replies.count(), 0);
    await fast();
    const entry = partsOf(page).conversations.getByRole('button', { name: /^Tell me of the garden\./ });
    await entry.getByText('replying').waitFor({ state: 'detached' });
    await session('Tell me of the garden.').click();
    await lastReply().waitFor();
    assert.equal(await lastReply().getAttribute('aria-busy'), 'false');
    assert.ok((await lastReply().innerText()).length > before.length + 1000);
  });

  test('failures are shown at the message and can be retried', async () => {
    const { replies } = partsOf(page);
    await fast();
    await ask(page, '!http-500 please');
    await replies.nth(0).getByText(/^The reply failed:.*500/).waitFor();
    await page.getByRole('button', { name: 'Retry' }).waitFor();
    await ask(page, '!drop please');
    await replies.nth(1).getByText(/^The reply failed:/).waitFor();
    const kept = await lastReply().locator('.markdown').last().innerText();
    assert.ok(kept.length > 50, 'what had arrived is kept');
    await page.getByRole('button', { name: 'Continue' }).click();
    await replyLongerThan(kept.length + 500);
    await page.keyboard.press('Escape');
    await idle();
    await ask(page, '!error please');
    await replies.nth(2).getByText(/^The reply failed:.*overloaded/).waitFor();
  });

  test('the switch to one by one saves the deltas one by one', async () => {
    const { panel, field } = partsOf(page);
    await field.fill('typed before the switch');
    await panel.getByRole('radio', { name: 'One by one' }).click();
    await panel.getByRole('radio', { name: 'One by one', checked: true }).waitFor();
    assert.equal(await field.inputValue(), 'typed before the switch');
    await field.fill('');
    await ask(page, 'Tell me of the garden.');
    // What waits when a part ends is saved with it: a few less saves than deltas, and eight times as many as in windows.
    await figuresWhere(page, ({ deltas, saves }) => deltas > 300 && saves > 0.7 * deltas);
    await page.keyboard.press('Escape');
    await lastReply().getByText('You stopped this reply.').waitFor();
    await panel.getByRole('radio', { name: 'Coalesced, 33 ms' }).click();
    await panel.getByRole('radio', { name: 'Coalesced, 33 ms', checked: true }).waitFor();
    await lastReply().getByText('You stopped this reply.').waitFor();
  });

  test('what one delta costs by itself is measured', async () => {
    await partsOf(page).panel.getByText(/this browser has just saved 2,000 deltas/).waitFor();
  });

  test('a second tab shows the same reply while it streams, and leads when the first is closed', async () => {
    await slowly();
    await ask(page, 'Tell me about water');
    await replyUnderWay();
    const second = await browser.open(demo.address);
    await second.page.locator('article.assistant .markdown').first().waitFor();
    await page.close();
    await second.page.getByText(/cut off|interrupted/i).first().waitFor();
    await ask(second.page, 'And now?');
    await partsOf(second.page).questions.getByText('And now?').waitFor();
    assert.deepEqual(second.troubles, []);
  });

  test('another server, and hostile Markdown from it', async () => {
    const hostile = [
      'Hello <script>window.owned = 1</script><img src=x onerror="window.owned = 2"> there.\n\n',
      '[harmless](javascript:window.owned=3) and [outside](https://example.org/)\n\n',
      '![secret](https://example.org/pixel.png?conversation=all)\n\n',
      '<iframe srcdoc="<script>parent.owned = 4</script>"></iframe>\n\n<style>body { display: none }</style>\n\nDone.',
    ];
    const other = await startOtherServer(hostile);
    try {
      const outside = [];
      page.on('request', (request) => request.url().includes('example.org') && outside.push(request.url()));
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByRole('textbox', { name: 'Base URL' }).fill(`${other.address}/v1/`);
      await page.getByRole('textbox', { name: 'Model' }).fill('other-model');
      await page.getByRole('textbox', { name: 'Key' }).fill('secret-key');
      await page.keyboard.press('Enter');
      await ask(page, 'Hello');
      await lastReply().getByText('Done.').waitFor();
      await idle();
      assert.equal(await page.evaluate(() => window.owned), undefined);
      assert.equal(await lastReply().locator('script, iframe, style, img, [onerror]').count(), 0);
      const link = lastReply().getByRole('link', { name: 'outside' });
      assert.equal(await link.getAttribute('rel'), 'noopener noreferrer nofollow');
      assert.doesNotMatch((await lastReply().getByText('harmless').getAttribute('href')) ?? '', /javascript/);
      await lastReply().getByRole('button', { name: /picture “secret” from example\.org/ }).waitFor();
      assert.deepEqual(outside, []);

      const [request] = other.requests;
      assert.equal(request.path, '/v1/chat/completions');
      assert.equal(request.authorization, 'Bearer secret-key');
      assert.equal(request.body.model, 'other-model');
      assert.equal(request.body.deltas_per_second, undefined);
      assert.equal(await page.evaluate(() => JSON.stringify(localStorage).includes('secret-key')), false);
    } finally {
      await other.close();
    }
  });

  for (const width of [400, 900, 1400]) {
    for (const colorScheme of ['light', 'dark']) {
      test(`is accessible and fits at ${width} px, ${colorScheme}`, async () => {
        const check = async (where) => {
          assert.deepEqual(await page.evaluate(accessibilityFaults), [], where);
          assert.deepEqual(await page.evaluate(overflows), [], where);
          await isTidy(page, where);
        };
        await page.emulateMedia({ colorScheme });
        await fast();
        await page.setViewportSize({ width, height: 800 });
        await check('empty');
        await ask(page, 'What time is it in Tokyo, and what is 3 * 7?');
        await lastReply().getByRole('heading').first().waitFor();
        await check('streaming');
        await page.keyboard.press('Escape');
        await page.getByRole('button', { name: 'Continue' }).waitFor();
        await check('stopped');
        const figures = page.getByRole('button', { name: 'Live figures' });
        if (await figures.getAttribute('aria-expanded') === 'false') await figures.click();
        await partsOf(page).panel.getByRole('table').waitFor();
        await check('figures');
        await page.getByRole('button', { name: 'Settings' }).click();
        await page.getByRole('dialog', { name: 'Where replies come from' }).waitFor();
        await check('settings');
        await page.keyboard.press('Escape');
        if (width < 800) {
          await page.getByRole('button', { name: 'Conversations' }).click();
          await page.getByRole('dialog', { name: 'Conversations' }).waitFor();
          await check('drawer');
          await page.keyboard.press('Escape');
        }
        await button('Your data').click();
        await page.getByRole('dialog', { name: 'Your data' }).waitFor();
        await check('your data');
        await page.keyboard.press('Escape');
        await button('Search').click();
        await page.getByRole('searchbox', { name: 'Words to look for' }).waitFor();
        await check('search');
        await page.keyboard.press('Escape');
      });
    }
  }
});
