// @ts-check
import { deepEqual, equal, ok } from '../support/page/assert.js';
import { listen, startReply, textOf, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */

/** @type {Spec} */
export async function tellsWhatHappensInOrder({ open }) {
  const store = await open();
  const heard = listen(store);
  const { session, draft } = await startReply(store);
  draft.appendText('Hello');
  await draft.finish();
  await store.sessions.update(session.id, { title: 'Renamed' });
  await store.sessions.delete(session.id);
  await until(() => heard.events.at(-1)?.type === 'session-deleted');
  const types = heard.events.map(({ type }) => type);
  const order = ['session-created', 'created', 'updated', 'deleted', 'session-deleted'];
  deepEqual([...types].filter((type) => order.includes(type)).filter((type, index, all) => type !== all[index - 1]), order);
  ok(heard.events.some((event) => event.type === 'session-updated' && event.session.title === 'Renamed'), 'the new title');
  equal(types.filter((type) => type === 'deleted').length, 1);
  const deleted = heard.events.find((event) => event.type === 'deleted');
  deepEqual(deleted, { type: 'deleted', sessionId: session.id, messageIds: [draft.id] });
  ok(heard.batches.every((batch) => batch.length > 0), 'no empty batch');
}

/** @type {Spec} */
export async function appendedIsExactlyWhatWasMissing({ open }) {
  const store = await open({ windowMs: 1 });
  const { draft } = await startReply(store);
  let text = '';
  let grown = 0;
  store.subscribe((events) => {
    for (const event of events) {
      if (event.type !== 'updated') continue;
      if (!event.appended) {
        text = textOf(event.message);
        continue;
      }
      for (const { part, offset, text: more } of event.appended) {
        equal(part, 0);
        equal(offset, text.length);
        text += more;
        grown++;
      }
      equal(textOf(event.message), text);
    }
  }, { messageId: draft.id });
  for (let n = 0; n < 40; n++) {
    draft.appendText(`😀${n} `);
    if (n % 4 === 0) await draft.flush();
  }
  await draft.finish();
  ok(grown > 5, `told what was appended ${grown} times`);
  equal(text, textOf(draft.message));
}

/** @type {Spec} */
export async function filtersBySessionMessageAndType({ open }) {
  const store = await open();
  const a = await startReply(store);
  const b = await startReply(store);
  const session = listen(store, { sessionId: a.session.id });
  const message = listen(store, { messageId: b.draft.id });
  const types = listen(store, { types: ['deleted'] });
  a.draft.appendText('a');
  b.draft.appendText('b');
  await a.draft.finish();
  await b.draft.finish();
  await store.messages.delete(b.draft.id);
  await until(() => types.events.length > 0);
  ok(session.events.every((event) => 'message' in event ? event.message.id === a.draft.id : 'session' in event && event.session.id === a.session.id), 'of one session');
  ok(session.events.some((event) => event.type === 'updated'), 'something of it');
  deepEqual([...new Set(message.events.map(({ type }) => type))], ['updated', 'deleted']);
  deepEqual(types.events.map(({ type }) => type), ['deleted']);
}

/** @type {Spec} */
export async function whoStopsListeningHearsNothingMore({ open }) {
  const store = await open();
  const first = listen(store);
  const { draft } = await startReply(store);
  await until(() => first.events.length >= 2);
  first.end();
  const before = first.events.length;
  draft.appendText('a');
  await draft.flush();
  const second = listen(store);
  draft.appendText('b');
  await draft.finish();
  equal(first.events.length, before);
  const [told] = second.events;
  ok(told?.type === 'updated' && textOf(told.message) === 'ab' && !told.appended, 'the whole message to begin with');
}

/** A page that is busy gets few batches, and the newest state (B2, B7). @type {Spec} */
export async function B7_aBusyListenerIsNotFlooded({ open }) {
  const store = await open({ windowMs: 1 });
  const { draft } = await startReply(store);
  let calls = 0;
  let text = '';
  store.subscribe((events) => {
    calls++;
    for (const event of events) if (event.type === 'updated') text = textOf(event.message);
  }, { messageId: draft.id });
  await draft.flush();
  const before = (await store.stats()).commits;
  // Busy: one task in which the Worker goes on, saving window by window, and the page hears nothing.
  const rounds = 100;
  for (let n = 0; n < rounds; n++) {
    draft.appendText(`${n},`);
    const end = performance.now() + 12;
    while (performance.now() < end);
  }
  const whileBusy = calls;
  await draft.finish();
  const { commits } = await store.stats();
  equal(whileBusy, 0, 'listeners run between tasks:');
  ok(commits - before > 20, `${commits - before} commits while the page was busy`);
  ok(calls <= 5, `${calls} calls for ${commits - before} commits`);
  equal(text, textOf(draft.message));
}

/** However many batches are under way to a page that is busy. @type {Spec} */
export async function C2_B6_listenersHearOfWhatIsDoneBeforeItsPromiseResolves({ open }) {
  const store = await open();
  const { session } = await startReply(store);
  const { events } = listen(store);
  /** @type {string[]} */
  const late = [];
  /** @type {Promise<void>[]} */
  const checks = [];
  /** @param {string} what @param {Promise<unknown>} done @param {(event: any) => boolean} isIt */
  const check = (what, done, isIt) => void checks.push(done.then(() => {
    if (!events.some(isIt)) late.push(`${what}: not heard yet`);
    // A title is told again with every message of its session.
    if (what.startsWith('title')) return;
    store.subscribe((batch) => { if (batch.some(isIt)) late.push(`${what}: heard by a listener that came after it`); });
  }));
  for (let n = 0; n < 6; ++n) {
    const [id, title] = [`m${n}`, `title ${n}`];
    check(`created ${id}`, store.messages.create(session.id, { role: 'user', id }), ({ type, message }) => type === 'created' && message.id === id);
    await null; // each in a turn of its own, so in a message and a batch of its own
    await null;
    check(title, store.sessions.update(session.id, { title }), ({ type, session: told }) => type === 'session-updated' && told.title >= title);
    await null;
    await null;
    check(`deleted ${id}`, store.messages.delete(id), ({ type, messageIds }) => type === 'deleted' && messageIds.includes(id));
    await null;
    await null;
  }
  // The page is busy until the Worker has done all of it.
  for (const end = performance.now() + 200; performance.now() < end;);
  await Promise.all(checks);
  deepEqual(late, []);
}
