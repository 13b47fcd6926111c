// The demo in several tabs of one browser: which of them leads, and what a crash of that one does to the others.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { accessibilityFaults, overflows } from './accessibility.mjs';
import { ask, isTidy, partsOf, startBrowser, startDemo, startOtherServer } from './support.mjs';

let demo;
before(async () => {
  demo = await startDemo();
});
after(() => demo?.close());

function gate() {
  let open;
  const opened = new Promise((resolve) => { open = resolve; });
  return { opened, open };
}

describe('the demo in several tabs', { timeout: 120_000 }, () => {
  let browser;
  let first;
  let second;
  let complaints;

  async function open(address = demo.address, expected = []) {
    const { page, troubles } = await browser.open(address, { expected });
    await page.setViewportSize({ width: 1400, height: 900 });
    complaints.push(troubles);
    return page;
  }
  beforeEach(async () => {
    complaints = [];
    browser = await startBrowser();
    first = await open();
    await says(first, 'This tab leads.');
    second = await open();
    await says(second, 'Another tab leads.');
  });
  afterEach(async () => {
    await browser.close();
    assert.deepEqual(complaints.flat(), [], 'a page complained');
  });

  /** Which tab leads, as the figures have it. */
  const says = (page, words) => partsOf(page).panel.getByText(words, { exact: true }).waitFor();
  const button = (page, name) => page.getByRole('button', { name, exact: true });
  const heard = (page, words) => partsOf(page).status.getByText(words).waitFor();
  async function crash(page, name) {
    await button(page, 'Your data').click();
    await button(page, name).click();
  }
  /** The text of the last reply once it has `words` in it, and once it is finished if `finished`. */
  async function replyWith(page, words, finished = false) {
    const handle = await page.waitForFunction(([wanted, whole]) => {
      const reply = [...document.querySelectorAll('article.assistant')].at(-1);
      const text = reply?.querySelector('.markdown')?.textContent ?? '';
      return text.includes(wanted) && (!whole || reply.getAttribute('aria-busy') === 'false') && text;
    }, [words, finished]);
    return handle.jsonValue();
  }
  /** Until a reply is being written, after its tools. */
  const replyUnderWay = (page) => page.waitForFunction(() => {
    const reply = [...document.querySelectorAll('article.assistant')].at(-1);
    return reply?.getAttribute('aria-busy') === 'true' && reply.querySelector('.tool') === null && (reply.querySelector('.markdown')?.textContent.length ?? 0) > 10;
  });

  test('each tab says which one leads, and the other one when the first is closed', async () => {
    for (const colorScheme of ['light', 'dark']) {
      for (const page of [first, second]) {
        await page.bringToFront();
        await page.emulateMedia({ colorScheme });
        await button(page, 'Your data').click();
        await page.getByRole('dialog', { name: 'Your data' }).getByText(page === first ? 'This tab leads.' : 'Another tab leads.').waitFor();
        assert.deepEqual(await page.evaluate(accessibilityFaults), [], colorScheme);
        assert.deepEqual(await page.evaluate(overflows), [], colorScheme);
        await isTidy(page, `your data, ${colorScheme}`);
        await page.keyboard.press('Escape');
        await isTidy(page, `figures, ${colorScheme}`);
      }
    }
    await first.close();
    await says(second, 'This tab leads.');
    await heard(second, 'This tab leads now.');
  });

  test('the leader crashes in the middle of a reply of another tab, which leads from then on: the reply ends whole', async () => {
    const words = (from, to) => Array.from({ length: to - from }, (_, n) => `w${from + n} `);
    const [early, late] = [gate(), gate()];
    const other = await startOtherServer(async function* reply() {
      yield* words(0, 100);
      await early.opened;
      yield* words(100, 200);
      await late.opened;
      yield* words(200, 300);
    }());
    try {
      await button(second, 'Settings').click();
      await second.getByRole('textbox', { name: 'Base URL' }).fill(`${other.address}/v1`);
      await second.keyboard.press('Enter');
      await ask(second, 'Count.');
      await replyWith(second, 'w99');
      await replyWith(first, 'w99');
      await button(first, 'Your data').click();
      // What is said while nobody leads is part of the reply too.
      early.open();
      await button(first, 'Crash this tab’s Worker').click();
      await says(second, 'This tab leads.');
      await heard(first, /The store was opened again/);
      await says(first, 'Another tab leads.');
      assert.equal(await partsOf(second).stop.isVisible(), true, 'the reply is still under way');
      late.open();
      const whole = words(0, 300).join('').trim();
      assert.equal((await replyWith(second, 'w299', true)).trim(), whole);
      assert.equal((await replyWith(first, 'w299', true)).trim(), whole);
      assert.equal(await second.getByText(/^Interrupted:/).count(), 0);
      assert.equal(other.requests.length, 1);
      await partsOf(second).send.waitFor();
    } finally {
      await other.close();
    }
  });

  test('any tab can crash the leader: its reply is interrupted in all tabs, and it goes on as one of the others', async () => {
    await partsOf(first).rate.focus();
    await first.keyboard.press('Home');
    await ask(first, 'Tell me of the garden.');
    await replyUnderWay(first);
    await replyUnderWay(second);
    await crash(second, 'Crash the leading tab’s Worker');
    await says(second, 'This tab leads.');
    await second.getByText(/^Interrupted:/).waitFor();
    await heard(first, /The store was opened again/);
    await says(first, 'Another tab leads.');
    await first.getByText(/^Interrupted:/).waitFor();

    // The button of the tab that leads is about itself; what the other one writes goes on.
    await crash(second, 'Crash the leading tab’s Worker');
    await heard(second, /The store was opened again/);
    await says(first, 'This tab leads.');
    await says(second, 'Another tab leads.');
    await ask(second, 'And now?');
    await partsOf(first).questions.getByText('And now?').waitFor();
  });

  test('a newer release of the page has the store open: the page says so, and opens it once it is gone', async () => {
    await first.close();
    await second.close();
    // The tab of that release, as far as others hear of it.
    const newer = await open(`${demo.address}icon.svg`, [/status of 404/]);
    await newer.evaluate(() => new Promise((held) => {
      const presence = new BroadcastChannel('millrace:millrace-demo');
      presence.onmessage = ({ data }) => presence.postMessage({ millrace: data.millrace + 1, type: 'leads', tab: 'newer', term: 'newer' });
      void navigator.locks.request('millrace:millrace-demo', () => {
        held();
        return new Promise(() => undefined);
      });
    }));
    const page = await open();
    await page.getByRole('alert').getByRole('heading', { name: 'There is a newer version of this page' }).waitFor();
    await page.getByText(/newer-schema/).waitFor();
    await isTidy(page, 'a newer release');
    await newer.close();
    await button(page, 'Try again').click();
    await says(page, 'This tab leads.');
  });
});
