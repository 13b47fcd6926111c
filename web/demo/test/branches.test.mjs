// Versions of messages, branches, the archive, and what a reply took. In a real browser.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { setScene } from './scene.mjs';
import { ask, partsOf } from './support.mjs';

describe('the demo', { timeout: 240_000 }, () => {
  const scene = setScene();
  const { button, idle, answer, check, checkAll, askAndWait } = scene;
  let page;
  let browser;
  beforeEach(() => {
    ({ page, browser } = scene);
  });

  const question = (text) => partsOf(page).questions.getByText(text, { exact: true });
  /** Beside the message, as it is read aloud. */
  const version = (words) => page.getByRole('status').getByText(words, { exact: true });
  const focused = (name) => page.waitForFunction((label) => document.activeElement?.getAttribute('aria-label') === label, name);

  test('an edit and a reply written anew are versions, the arrows show the others, a reload keeps what is shown', async () => {
    const other = await scene.useCountingServer();
    await askAndWait('One', 1);
    await askAndWait('Two', 2);
    assert.equal(await page.getByRole('group', { name: 'Versions' }).count(), 0);

    await button('Edit the message').last().click();
    await page.getByRole('textbox', { name: 'Edit the message' }).fill('Two, better');
    await page.keyboard.press('Enter');
    await answer(3).waitFor();
    await idle();
    await version('2 of 2').waitFor();
    await question('Two, better').waitFor();
    assert.equal(await question('Two').count(), 0);
    assert.equal(await answer(2).count(), 0);
    assert.deepEqual(other.requests[2].body.messages.map(({ content }) => content), ['One', 'Answer 1', 'Two, better']);

    // With the keyboard: the button that was pressed keeps the focus, also where it leads no further.
    await button('Previous version').focus();
    await page.keyboard.press('Enter');
    await question('Two').waitFor();
    await answer(2).waitFor();
    await version('1 of 2').waitFor();
    await focused('Previous version');
    assert.equal(await button('Previous version').getAttribute('aria-disabled'), 'true');
    await page.keyboard.press('Enter');
    await checkAll('the first version');
    await page.reload();
    await answer(2).waitFor();
    await version('1 of 2').waitFor();
    await question('Two').waitFor();
    assert.equal(await question('Two, better').count(), 0);

    // The reply that is shown is made anew: a version of that one, on this branch.
    await button('Write this reply anew').click();
    await answer(4).waitFor();
    await idle();
    assert.deepEqual(other.requests[3].body.messages.map(({ content }) => content), ['One', 'Answer 1', 'Two']);
    await version('2 of 2').waitFor();
    await version('1 of 2').waitFor();
    await button('Write this reply anew').click();
    await answer(5).waitFor();
    await idle();
    await version('3 of 3').waitFor();
    await button('Previous version').last().click();
    await answer(4).waitFor();
    await version('2 of 3').waitFor();
    await button('Next version').first().click();
    await question('Two, better').waitFor();
    await answer(3).waitFor();
    await version('2 of 2').waitFor();
    // What was shown below comes back with it.
    await button('Previous version').click();
    await answer(4).waitFor();
    assert.equal(other.requests.length, 5);
  });

  test('a turn keeps to its branch while another tab shows another one', async () => {
    await scene.useCountingServer();
    await askAndWait('One', 1);
    const second = await browser.open(page.url());
    await second.page.setViewportSize({ width: 1400, height: 900 });
    await partsOf(second.page).replies.getByText('Answer 1').waitFor();
    await page.bringToFront();
    await button('Write this reply anew').click();
    await answer(2).waitFor();
    await second.page.bringToFront();
    await second.page.getByRole('status').getByText('2 of 2', { exact: true }).waitFor();
    await second.page.getByRole('button', { name: 'Previous version' }).click();
    await partsOf(second.page).replies.getByText('Answer 1').waitFor();
    await page.bringToFront();
    await version('1 of 2').waitFor();
    await answer(1).waitFor();
    await idle();
    assert.deepEqual(second.troubles, []);
  });

  test('a search finds what is hidden and shows it', async () => {
    await scene.useCountingServer();
    await askAndWait('Where are the eels', 1);
    await button('Edit the message').click();
    await page.getByRole('textbox', { name: 'Edit the message' }).fill('Where are the herons');
    await page.keyboard.press('Enter');
    await answer(2).waitFor();
    await idle();
    await button('Search').click();
    await page.getByRole('searchbox', { name: 'Words to look for' }).fill('eels');
    await page.getByRole('list', { name: 'Found' }).getByRole('button').click();
    await version('1 of 2').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Where are the eels');
  });

  test('a message is where a new conversation branches off', async () => {
    const other = await scene.useCountingServer();
    await askAndWait('One', 1);
    await askAndWait('Two', 2);
    await button('Branch in new conversation').nth(1).click();
    await partsOf(page).session('Branch of One').waitFor();
    await question('Two').waitFor({ state: 'detached' });
    await answer(1).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'composer');
    await check('the branch');
    await askAndWait('Three', 3);
    assert.deepEqual(other.requests.at(-1).body.messages.map(({ content }) => content), ['One', 'Answer 1', 'Three']);
    await partsOf(page).session('One').click();
    await answer(2).waitFor();
    assert.equal(await question('Three').count(), 0);
  });

  test('conversations go to the archive and come back, and titles are found here and there', async () => {
    const { conversations, session, create } = partsOf(page);
    const archived = conversations.getByRole('switch', { name: 'Show archived ones' });
    const titles = conversations.getByRole('searchbox', { name: 'Search titles' });
    await scene.useCountingServer();
    await askAndWait('The weir', 1);
    await create.click();
    await askAndWait('The mill', 2);
    await button('Archive The weir').focus();
    await page.keyboard.press('Enter');
    await session('The weir').waitFor({ state: 'detached' });
    await partsOf(page).status.getByText('The conversation was archived.').waitFor();
    await check('archived');
    await archived.check();
    await session('The weir').click();
    await answer(1).waitFor();
    await session('The mill').waitFor({ state: 'detached' });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 1400, height: 900 });
      await archived.check();
      await session('The weir').waitFor();
      await check(`the archive, ${colorScheme}`);
      // The list is in a drawer here.
      await partsOf(page).field.focus();
      await page.setViewportSize({ width: 400, height: 800 });
      await button('Conversations').click();
      await archived.check();
      await session('The weir').waitFor();
      await check(`the archive in the drawer, ${colorScheme}`);
      await page.keyboard.press('Escape');
      await page.setViewportSize({ width: 1400, height: 900 });
      await session('The mill').waitFor();
    }
    await archived.check();
    await titles.fill('mill');
    await conversations.getByRole('status').getByText('No title has “mill” in it.').waitFor();
    await titles.fill('wei');
    await session('The weir').waitFor();
    await page.reload();
    await answer(1).waitFor();
    await session('The weir').waitFor({ state: 'detached' });
    await archived.check();
    await button('Unarchive The weir').click();
    await conversations.getByText('Nothing is archived.').waitFor();
    await archived.uncheck();
    await session('The weir').waitFor();
    await titles.fill('weir');
    await session('The mill').waitFor({ state: 'detached' });
    await session('The weir').waitFor();
  });

  test('what a reply took is said below it, and what all of them took below the title', async () => {
    await partsOf(page).rate.focus();
    await page.keyboard.press('End');
    await ask(page, 'What is 3 * 7?');
    await idle();
    const lines = partsOf(page).replies.getByText(/tokens written/);
    await lines.nth(1).filter({ hasText: '$' }).waitFor();
    const read = async (line) => (await line.innerText()).match(/^([\d,]+) tokens written(?: \(([\d,]+) of them reasoning\))?, ([\d,]+) read(?: \(([\d,]+) from the cache\))?, \$([\d.]+)$/)
      .slice(1).map((number) => Number((number ?? '0').replaceAll(',', '')));
    const first = await read(lines.nth(0));
    const second = await read(lines.nth(1));
    assert.ok(first[1] > 0 && first[1] < first[0], 'some of it is reasoning');
    assert.deepEqual([first[3] > 0, second[3] > 0, second[3] < second[2]], [false, true, true], 'what was read before comes from the cache');
    assert.ok(first[4] > 0 && second[4] > first[4]);
    const total = page.locator('.stage-title').getByText(/tokens written/);
    const sum = (await total.innerText()).match(/^([\d,]+) tokens written, ([\d,]+) read, \$/).slice(1).map((number) => Number(number.replaceAll(',', '')));
    assert.deepEqual(sum, [first[0] + second[0], first[2] + second[2]]);
    await checkAll('with usage');
    await page.reload();
    await lines.nth(1).filter({ hasText: '$' }).waitFor();
  });
});
