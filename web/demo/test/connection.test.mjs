// A connection that breaks in the middle of a reply, in a real browser: the reply goes on by itself.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { setScene } from './scene.mjs';
import { ask, partsOf } from './support.mjs';

/** By the name in the settings: the text that an event adds. */
const PROTOCOLS = {
  'OpenAI-compatible': ({ choices }) => choices[0]?.delta.content,
  'OpenAI Responses': ({ type, delta }) => (type === 'response.output_text.delta' ? delta : ''),
  'Anthropic Messages': ({ type, delta }) => (type === 'content_block_delta' ? delta.text : ''),
  'AI SDK UI messages': ({ type, delta }) => (type === 'text-delta' ? delta : ''),
};

describe('the demo, when a connection breaks', { timeout: 240_000 }, () => {
  const scene = setScene({ expected: [/ERR_INCOMPLETE_CHUNKED_ENCODING/] });
  const { button, idle } = scene;
  let page;
  beforeEach(() => {
    ({ page } = scene);
  });

  const cutButton = () => button('Cut the connection');
  async function setRate(key) {
    await partsOf(page).rate.focus();
    await page.keyboard.press(key);
  }
  /** Until so many replies are there, the last of them under way with some text. */
  const underWay = (count) => page.waitForFunction((wanted) => {
    const replies = [...document.querySelectorAll('article.assistant')];
    return replies.length === wanted && replies.at(-1).getAttribute('aria-busy') === 'true' && (replies.at(-1).querySelector('.markdown')?.textContent.length ?? 0) > 10;
  }, count);
  /** Markdown and what is made of it have the same letters, except for the tick of a task. */
  const lettersOf = (text) => text.replaceAll('[x]', '').replace(/\P{L}+/gu, '');
  /** The text of the reply that the page's own server has under this name. */
  async function textOf(name, added) {
    const body = await (await fetch(new URL(`demo/replies/${name}`, page.url()))).text();
    return [...body.matchAll(/^data: (\{.*)$/gm)].map(([, event]) => added(JSON.parse(event)) ?? '').join('');
  }

  async function speak(protocol) {
    await button('Settings').click();
    await page.getByRole('combobox', { name: 'Protocol' }).selectOption(protocol);
    await scene.check('settings');
    await button('Save').click();
  }

  for (const [protocol, added] of Object.entries(PROTOCOLS)) test(`${protocol}: the call and the answer arrive whole, their text once`, async () => {
    const { replies, status } = partsOf(page);
    const names = [];
    page.context().on('request', (request) => {
      const [, name] = /\/(?:demo\/replies|v1\/responses|api\/chat)\/([\w-]+)/.exec(request.url()) ?? [];
      if (name !== undefined) names.push(name);
    });
    await speak(protocol);
    const cutAndGoOn = async () => {
      await cutButton().click();
      await status.getByText('The connection broke. The reply goes on by itself.').waitFor();
      await setRate('End');
    };
    await setRate('Home');
    assert.equal(await cutButton().isEnabled(), false);
    await ask(page, 'What is (17.5 + 2) * 34?');
    await underWay(1);
    await cutAndGoOn();
    await replies.first().getByRole('region', { name: 'Tool call: calculate, done' }).waitFor();
    await underWay(2);
    await cutAndGoOn();
    await status.getByText('The reply is complete.').waitFor();
    await idle();
    assert.equal(await replies.count(), 2);
    assert.equal(names.length, 2);
    assert.equal(lettersOf(await replies.last().locator('.markdown').last().textContent()), lettersOf(await textOf(names[1], added)));
    // A reply that ended by itself has no note of how it ended, and nothing is left to do about it.
    assert.equal(await page.locator('.finish').count(), 0);
    assert.equal(await button('Continue').count(), 0);
    assert.equal(await cutButton().isEnabled(), false);
    assert.match(await replies.last().innerText(), /tokens written/);
  });

  test('another server keeps no replies: nothing can be cut', async () => {
    await scene.useCountingServer();
    await scene.askAndWait('Hello', 1);
    assert.equal(await cutButton().isEnabled(), false);
    await partsOf(page).panel.getByText('Only the demo’s own server keeps its replies.').waitFor();
  });
});
