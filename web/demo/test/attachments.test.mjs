// Files that go with a message: chosen, pasted, dropped; shown, sent, and kept. In a real browser.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { setScene } from './scene.mjs';
import { ask, letHoursPass, partsOf } from './support.mjs';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const image = { name: 'dot.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') };
const notes = { name: 'notes.md', mimeType: '', buffer: Buffer.from('The weir is open.') };
const plan = { name: 'plan.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 of a mill') };

/** Notes which addresses of blobs are held. */
function noteAddresses(context) {
  return context.addInitScript(() => {
    const held = new Set();
    const { createObjectURL, revokeObjectURL } = URL;
    Object.assign(globalThis, { held });
    URL.createObjectURL = (blob) => {
      const url = createObjectURL.call(URL, blob);
      held.add(url);
      return url;
    };
    URL.revokeObjectURL = (url) => {
      held.delete(url);
      revokeObjectURL.call(URL, url);
    };
  });
}

/** While `globalThis.refuse` is set, the store is asked for messages below one that is not there. */
function spoilMessages(context) {
  return context.addInitScript(() => {
    const { postMessage } = Worker.prototype;
    const spoil = (request) => (globalThis.refuse && request.method === 'createMessage'
      ? { ...request, args: [request.args[0], { ...request.args[1], parentId: 'nobody' }, ...request.args.slice(2)] } : request);
    Worker.prototype.postMessage = function post(messages, ...rest) {
      postMessage.call(this, messages.map(spoil), ...rest);
    };
  });
}

describe('attachments of the demo', { timeout: 240_000 }, () => {
  const scene = setScene({ aging: true, prepare: (context) => Promise.all([noteAddresses(context), spoilMessages(context)]) });
  const { button, answered, checkAll } = scene;
  let page;
  let other;
  beforeEach(async () => {
    ({ page } = scene);
    other = await scene.useCountingServer();
  });

  const chosen = () => page.getByRole('list', { name: 'Attachments' }).getByRole('listitem');
  const choose = (...files) => page.getByLabel('Files to attach').setInputFiles(files);
  const saved = (name) => partsOf(page).status.getByText(`${name} is attached.`).waitFor();
  const file = (name) => page.locator(`[data-file="${name}"]`);
  /** The image is there, and is one. */
  const drawn = (name) => page.waitForFunction((wanted) => document.querySelector(`[data-file="${wanted}"] img`)?.naturalWidth === 1, name);
  const said = (request) => request.body.messages.findLast(({ role }) => role === 'user').content;
  /** As the browser hands over what was pasted or dropped. */
  const hand = (selector, type, { name, mimeType, buffer }) => page.evaluate(([where, event, fileName, mediaType, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(content), (unit) => unit.charCodeAt(0))], fileName, { type: mediaType }));
    const options = { bubbles: true, cancelable: true };
    const made = event === 'paste' ? new ClipboardEvent(event, { ...options, clipboardData: data }) : new DragEvent(event, { ...options, dataTransfer: data });
    return !document.querySelector(where).dispatchEvent(made);
  }, [selector, type, name, mimeType, buffer.toString('base64')]);

  test('chosen files are shown, go to the server as its protocol has it, and are there after a reload', async () => {
    await choose(image, notes, plan);
    await chosen().nth(2).getByText('application/pdf, 18 B').waitFor();
    await page.waitForFunction(() => document.querySelectorAll('.attachments [aria-busy=true]').length === 0);
    await checkAll('chosen');
    await ask(page, 'What is in them?');
    await answered(1);
    assert.equal(await chosen().count(), 0);
    assert.deepEqual(said(other.requests[0]), [
      { type: 'text', text: 'What is in them?' },
      { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } },
      { type: 'text', text: 'The file “notes.md”:\n\nThe weir is open.' },
      { type: 'file', file: { filename: 'plan.pdf', file_data: `data:application/pdf;base64,${plan.buffer.toString('base64')}` } },
    ]);
    await drawn('dot.png');
    await checkAll('sent');
    await page.reload();
    await drawn('dot.png');
    await file('plan.pdf').getByText('application/pdf, 18 B').waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), file('plan.pdf').getByRole('link', { name: 'plan.pdf' }).click()]);
    assert.equal(download.suggestedFilename(), 'plan.pdf');
    // The files go with the question when it is edited, and with every later request.
    await button('Edit the message').click();
    await page.getByRole('textbox', { name: 'Edit the message' }).fill('And now?');
    await page.keyboard.press('Enter');
    await answered(2);
    assert.equal(said(other.requests[1]).length, 4);
    await drawn('dot.png');
  });

  test('a pasted image is attached, can be removed, and is enough for a message', async () => {
    await partsOf(page).field.focus();
    assert.equal(await hand('#composer', 'paste', image), true, 'the field takes nothing of it');
    await saved('dot.png');
    await button('Remove dot.png').click();
    await chosen().waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.id === 'composer');
    assert.equal(await button('Send').isDisabled(), true);
    assert.equal(await page.evaluate(() => globalThis.held.size), 0);
    await hand('#composer', 'paste', image);
    await chosen().getByText('image/png').waitFor();
    await button('Send').click();
    await answered(1);
    assert.deepEqual(said(other.requests[0]), [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }]);
    await partsOf(page).session('dot.png').waitFor();
    await drawn('dot.png');
  });

  test('files are dropped anywhere; their addresses are given back when the message leaves the page', async () => {
    assert.equal(await hand('main', 'dragover', image), true, 'the browser does not open it');
    await page.getByText('Drop the files to attach them').waitFor();
    assert.equal(await hand('.conversation, .empty', 'drop', image), true);
    await saved('dot.png');
    await page.getByText('Drop the files to attach them').waitFor({ state: 'detached' });
    await ask(page, 'Look');
    await answered(1);
    await drawn('dot.png');
    assert.equal(await page.evaluate(() => globalThis.held.size), 1);
    await partsOf(page).create.click();
    await page.getByText('What shall we talk about?').waitFor();
    assert.equal(await page.evaluate(() => globalThis.held.size), 0);
    await partsOf(page).session('Look').click();
    await drawn('dot.png');
  });

  test('images are read when they come into view', async () => {
    await choose(image);
    await saved('dot.png');
    await ask(page, 'An image');
    await answered(1);
    await ask(page, Array.from({ length: 400 }, () => 'and on').join(' '));
    await answered(2);
    await partsOf(page).field.fill(Array.from({ length: 400 }, () => 'and on').join(' '));
    await page.keyboard.press('Enter');
    await answered(3);
    await page.reload();
    await answered(3);
    assert.equal(await file('dot.png').locator('img').count(), 0);
    await file('dot.png').scrollIntoViewIfNeeded();
    await drawn('dot.png');
  });

  test('a file that is gone is named, and the model is told', async () => {
    // An export is the database alone: what its messages name is not in it.
    const { openStore } = await import('millrace');
    const store = await openStore({ storage: 'memory', name: 'gone' });
    const { id } = await store.sessions.create({ title: 'Gone' });
    const blob = await store.blobs.put(image.buffer, { mediaType: 'image/png' });
    await store.messages.create(id, { role: 'user', parts: [{ type: 'file', mediaType: 'image/png', name: 'gone.png', size: 70, blob: blob.id }, { type: 'text', text: 'Look' }] });
    const buffer = Buffer.from(await (await store.export()).arrayBuffer());
    await store.close();
    await button('Your data').click();
    await page.getByLabel('File to import').setInputFiles({ name: 'gone.sqlite', mimeType: 'application/vnd.sqlite3', buffer });
    await partsOf(page).status.getByText(/were added/).waitFor();
    await page.keyboard.press('Escape');
    await partsOf(page).session('Gone').click();
    await file('gone.png').getByText('no longer here').waitFor();
    assert.match(await file('gone.png').innerText(), /^gone\.png/);
    await partsOf(page).field.focus();
    await checkAll('gone');
    await button('Ask again').click();
    await answered(1);
    assert.deepEqual(said(other.requests[0]), [
      { type: 'text', text: 'Look' }, { type: 'text', text: 'The file “gone.png” was sent here, and is no longer there.' },
    ]);
  });

  /** Noticed as nobody's, and gone after the hour. */
  async function outwait() {
    // Or hours pass in the Worker of the scratch store too, which answers as well.
    await partsOf(page).panel.getByText(/this browser has just saved/).waitFor();
    await letHoursPass(page, 2);
    await letHoursPass(page, 2);
    const kept = await page.evaluate(async () => {
      const root = await navigator.storage.getDirectory();
      const folder = await (await root.getDirectoryHandle('millrace')).getDirectoryHandle('millrace-demo.blobs');
      return Array.fromAsync(folder.keys());
    });
    assert.deepEqual(kept, [], 'the blob was collected');
  }

  test('a file that has waited for longer than its hour goes with the message all the same', async () => {
    await choose(image);
    await saved('dot.png');
    await outwait();
    await ask(page, 'At last');
    await answered(1);
    assert.deepEqual(said(other.requests[0])[1], { type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } });
    assert.equal(await chosen().count(), 0);
    assert.equal(await partsOf(page).field.inputValue(), '');
    await page.reload();
    await drawn('dot.png');
  });

  test('what could not be stored stays in the composer, and the error is shown', async () => {
    await choose(image, notes);
    await saved('notes.md');
    await page.waitForFunction(() => document.querySelectorAll('.attachments [aria-busy=true]').length === 0);
    await page.evaluate(() => { globalThis.refuse = true; });
    await ask(page, 'Look at both');
    await page.getByRole('alert').getByText(/nobody/).waitFor();
    await partsOf(page).send.waitFor();
    assert.equal(await partsOf(page).field.inputValue(), 'Look at both');
    assert.equal(await chosen().count(), 2);
    assert.equal(await partsOf(page).questions.count(), 0);
    await checkAll('refused');
    await page.evaluate(() => { globalThis.refuse = false; });
    await button('Send').click();
    await answered(1);
    assert.equal(said(other.requests[0]).length, 3);
    assert.equal(await chosen().count(), 0);

    // An edit stays as well.
    await page.evaluate(() => { globalThis.refuse = true; });
    await button('Edit the message').click();
    await page.getByRole('textbox', { name: 'Edit the message' }).fill('Look at all');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText(/nobody/).waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Edit the message' }).inputValue(), 'Look at all');
    await page.evaluate(() => { globalThis.refuse = false; });
    await page.getByRole('textbox', { name: 'Edit the message' }).press('Enter');
    await answered(2);
    await partsOf(page).questions.getByText('Look at all').waitFor();
  });

  test('a file that waited too long and cannot be read again is named; without it the message goes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-file-'));
    try {
      const path = join(folder, 'short-lived.txt');
      writeFileSync(path, 'Here for a while.');
      await page.getByLabel('Files to attach').setInputFiles(path);
      await saved('short-lived.txt');
      await outwait();
      writeFileSync(path, 'It has changed since.');
      await ask(page, 'Read it');
      await page.getByRole('alert').getByText(/short-lived\.txt can no longer be read: remove it, or choose it again\./).waitFor();
      assert.equal(await partsOf(page).field.inputValue(), 'Read it');
      await button('Remove short-lived.txt').click();
      await button('Send').click();
      await answered(1);
      assert.equal(said(other.requests[0]), 'Read it');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a file that is too large is refused, and said so', async () => {
    await choose({ name: 'large.bin', mimeType: '', buffer: Buffer.alloc(8_000_001) });
    await page.getByRole('alert').getByText(/^large\.bin could not be attached\. It has 8\.0 MB, and 8\.0 MB is the most\./).waitFor();
    assert.equal(await chosen().count(), 0);
  });
});
