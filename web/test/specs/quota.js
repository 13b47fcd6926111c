// @ts-check
/** A stream that outlives a full disk: the browser's test takes the room away and gives it back between the phases. */
import { deepEqual, equal, ok } from '../support/page/assert.js';
import { finishOf, listen, textOf, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Run, Store } from '../../dist/index.js' */

/** Of a delta: large, as files take up room ahead of what is written into them. */
const SIZE = 20_000;

/** @param {string} text @param {string} [message] */
function checkWhole(text, message) {
  for (let n = 0; n < text.length / SIZE; n++) {
    const delta = text.slice(n * SIZE, (n + 1) * SIZE);
    ok(delta === String(n).padStart(SIZE, '.'), `${message ?? 'the text'}: delta ${n} ends with ${delta.slice(-10)}`);
  }
}

/** What one phase leaves to the next, in the page. @type {{ store?: Store; run?: Run; heard?: ReturnType<typeof listen> }} */
const kept = {};

/** C5, S5 @type {Spec[]} */
export const S5_aStreamGoesOnWithoutRoom = [
  async ({ open, provider, name }) => {
    const store = await open();
    const { id } = await store.sessions.create();
    const heard = listen(store);
    const run = await store.ingest(id, { url: `${provider}numbered?name=${name}&size=${SIZE}` }, { format: 'openai-chat' });
    await until(() => heard.events.some((event) => event.type === 'updated' && event.saved));
    Object.assign(kept, { store, run, heard });
  },
  // Without room.
  async () => {
    const { store, run, heard } = /** @type {Required<typeof kept>} */ (kept);
    const unsaved = () => heard.events.flatMap((event) => (event.type === 'updated' && !event.saved ? [textOf(event.message)] : []));
    const error = await until(() => heard.events.find((event) => event.type === 'storage-error'));
    equal(error.error.code, 'quota-exceeded');
    // The reply goes on, and so do its events.
    const far = (await until(() => unsaved().at(-1))).length + 20 * SIZE;
    await until(() => (unsaved().at(-1) ?? '').length > far);
    const saved = textOf(await store.messages.get(run.messageId, { committed: true }));
    const accepted = textOf(await store.messages.get(run.messageId));
    ok(saved.length < far && accepted.length > far, `${saved.length} of ${accepted.length} characters are saved`);
    checkWhole(saved, 'what is saved');
    checkWhole(accepted, 'what is accepted');
  },
  // With room again.
  async ({ open, provider, name }) => {
    const { store, run, heard } = /** @type {Required<typeof kept>} */ (kept);
    await until(() => heard.events.some(({ type }) => type === 'storage-recovered'));
    await until(() => {
      const last = heard.events.findLast(({ type }) => type === 'updated');
      return last?.type === 'updated' && last.saved;
    });
    await fetch(`${provider}release?name=${name}`);
    const message = await run.done;
    deepEqual(heard.events.flatMap(({ type }) => (type.startsWith('storage') ? [type] : [])), ['storage-error', 'storage-recovered']);
    await store.close();
    const again = await open();
    deepEqual(again.recovered, []);
    const stored = await again.messages.get(run.messageId);
    checkWhole(textOf(stored));
    deepEqual([textOf(stored) === textOf(message), finishOf(stored)?.reason], [true, 'end_turn']);
    const said = await fetch(`${provider}sqlite3?sql=${encodeURIComponent('PRAGMA integrity_check')}`, { method: 'POST', body: await again.export() });
    equal(await said.text(), 'ok');
    await again.close();
  },
];
