// @ts-check
/** What is particular to storage in OPFS: how each browser says that a file takes no more. */
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { listen, startReply, textOf, until } from '../support/page/context.js';
import { setFault } from '../support/page/faults.js';

/** @import { Spec, SpecContext } from '../support/page/context.js' */

const failing = () => new Worker('/support/workers/failing-opfs.js', { type: 'module' });

/**
 * A reply goes on while writing fails, and after it.
 * @param {SpecContext} context
 * @param {'chromium' | 'firefox' | 'failed' | 'write'} fault
 * @param {{ code: string; message: RegExp }} expected
 */
async function writingFailsForAWhile({ open, provider }, fault, { code, message }) {
  const store = await open({ worker: failing });
  const { session, draft } = await startReply(store);
  const heard = listen(store);
  const committed = async () => textOf(await store.messages.get(draft.id, { committed: true }));
  draft.appendText('before');
  await store.flush(draft.id);

  await setFault(fault);
  let text = 'before';
  const append = () => {
    const delta = ` ${text.length} ${'.'.repeat(9_000)}`; // more than a page of SQLite's
    draft.appendText(delta);
    text += delta;
  };
  append();
  const error = await rejects(store.flush(draft.id), code);
  ok(message.test(error.message), error.message);
  await rejects(store.sessions.create({ title: 'while it fails' }), code);
  for (let n = 0; n < 5; n++) {
    append();
    await rejects(store.flush(draft.id), code);
  }
  const told = await until(() => heard.events.find(({ type }) => type === 'storage-error'));
  equal(told.type === 'storage-error' && told.error.code, code);
  equal(textOf(await store.messages.get(draft.id)), text);
  equal(await committed(), 'before');

  await setFault('');
  append();
  await draft.finish();
  await until(() => heard.events.some(({ type }) => type === 'storage-recovered'));
  deepEqual(heard.events.flatMap(({ type }) => (type.startsWith('storage') ? [type] : [])), ['storage-error', 'storage-recovered']);
  equal(await committed(), text);
  const { id } = await store.sessions.create({ title: 'after' });
  await store.close();

  const again = await open();
  deepEqual(again.recovered, []);
  equal(textOf(await again.messages.get(draft.id)), text);
  deepEqual((await again.sessions.list()).map((each) => each.id).sort(), [session.id, id].sort());
  const said = await fetch(`${provider}sqlite3?sql=${encodeURIComponent('PRAGMA integrity_check')}`, { method: 'POST', body: await again.export() });
  equal(await said.text(), 'ok');
}

const FULL = { code: 'quota-exceeded', message: /full; delete data to go on/ };

/** S5, C5 @type {Spec} */
export const S5_noRoomAsChromiumSaysIt = (context) => writingFailsForAWhile(context, 'chromium', FULL);

/** S5, C5 @type {Spec} */
export const S5_noRoomAsFirefoxSaysIt = (context) => writingFailsForAWhile(context, 'firefox', FULL);

/** C5 @type {Spec} */
export const C5_anErrorHandedOutAsACount = (context) => writingFailsForAWhile(context, 'failed', { code: 'io', message: /returned error -2\b/ });

/** C5 @type {Spec} */
export const C5_aWriteThatThrows = (context) => writingFailsForAWhile(context, 'write', { code: 'io', message: /write .*The disk is broken/ });

/** What asks for no flush is saved all the while; what asks for one is not acknowledged. S3, C5 @type {Spec} */
export async function S3_aFlushThatThrowsIsNoFlush({ open }) {
  const store = await open({ worker: failing });
  const { session, draft } = await startReply(store);
  await setFault('flush');
  try {
    draft.appendText('text');
    const error = await rejects(store.flush(draft.id), 'io');
    ok(/sync .*The disk is broken/.test(error.message), error.message);
    await rejects(store.flushAll(), 'io');
    await rejects(store.sessions.create({ title: 'while it fails' }), 'io');
    await rejects(store.messages.create(session.id, { role: 'user' }), 'io');
    await until(async () => textOf(await store.messages.get(draft.id, { committed: true })) === 'text');
    await rejects(store.flush(draft.id), 'io');
  } finally {
    await setFault(''); // else what failed above would be hidden by a close that fails
  }
  await store.flush(draft.id);
  await draft.finish();
  await store.close();
  const again = await open();
  deepEqual(again.recovered, []);
  deepEqual((await again.messages.list(session.id)).map(textOf), ['text']);
  deepEqual((await again.sessions.list()).map(({ title }) => title), ['Test']);
}
