// The set-up of a test of the demo: for each test the built page in a browser of its own, and what a person does and sees there.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { accessibilityFaults, overflows } from './accessibility.mjs';
import { ask, isTidy, partsOf, startBrowser, startDemo, startOtherServer } from './support.mjs';

/**
 * What it returns is filled before each test. `expected`: what the page may complain about. `prepare`: what happens to the
 * browser's context before the page is opened. `aging`: see `startDemo`.
 */
export function setScene({ expected = [], prepare = async () => undefined, aging = false } = {}) {
  const scene = {};
  let demo;
  let troubles;
  let servers;

  before(async () => {
    demo = await startDemo({ aging });
  });
  after(() => demo?.close());
  beforeEach(async () => {
    servers = [];
    scene.browser = await startBrowser();
    await prepare(scene.browser.context);
    ({ page: scene.page, troubles } = await scene.browser.open(demo.address, { expected }));
    await scene.page.setViewportSize({ width: 1400, height: 900 });
    await partsOf(scene.page).field.waitFor();
  });
  afterEach(async () => {
    await scene.browser.close();
    for (const server of servers) await server.close();
    assert.deepEqual(troubles, [], 'the page complained');
  });

  const button = (name) => scene.page.getByRole('button', { name, exact: true });
  /** No reply streams. */
  const idle = () => partsOf(scene.page).send.waitFor();
  const answer = (number) => partsOf(scene.page).replies.getByText(`Answer ${number}`, { exact: true });

  /** The page asks another server from now on: see `startOtherServer`. It ends with the test. */
  async function useServer(reply, refusal) {
    const other = await startOtherServer(reply, refusal);
    servers.push(other);
    await button('Settings').click();
    await scene.page.getByRole('textbox', { name: 'Base URL' }).fill(`${other.address}/v1`);
    await scene.page.keyboard.press('Enter');
    return other;
  }

  async function answered(number) {
    await answer(number).waitFor();
    await idle();
  }

  /** At this size, in these colours. */
  async function check(where) {
    assert.deepEqual(await scene.page.evaluate(accessibilityFaults), [], where);
    assert.deepEqual(await scene.page.evaluate(overflows), [], where);
    await isTidy(scene.page, where);
  }

  async function checkAll(where) {
    for (const colorScheme of ['light', 'dark']) {
      await scene.page.emulateMedia({ colorScheme });
      for (const width of [400, 900, 1400]) {
        await scene.page.setViewportSize({ width, height: 800 });
        await check(`${where}, ${width} px, ${colorScheme}`);
      }
    }
  }

  return Object.assign(scene, {
    button, idle, useServer, answer, answered, check, checkAll,
    /** It says which request it answers: see `answer`. */
    useCountingServer: () => useServer((number) => [`Answer ${number}`]),
    async askAndWait(text, number) {
      await ask(scene.page, text);
      await answered(number);
    },
  });
}
