// @ts-check
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { startReply, textOf } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */

/** @type {Spec} */
export async function sessionsAreKeptUpdatedAndListed({ open }) {
  const store = await open();
  const first = await store.sessions.create({ id: 'first', title: 'One' });
  const child = await store.sessions.create({ parentId: 'first' });
  equal(first.id, 'first');
  deepEqual([first.messageCount, first.cost, child.parentId], [0, 0, 'first']);
  const changed = await store.sessions.update('first', { title: 'Eins', cost: 0.25, promptTokens: 3, completionTokens: 4, summaryMessageId: 'x' });
  deepEqual([changed.title, changed.cost, changed.promptTokens, changed.completionTokens, changed.summaryMessageId], ['Eins', 0.25, 3, 4, 'x']);
  deepEqual(await store.sessions.get('first'), changed);
  equal(await store.sessions.get('nobody'), undefined);
  deepEqual((await store.sessions.list({ parentId: 'first' })).map(({ id }) => id), [child.id]);
  equal((await store.sessions.list({ limit: 1 })).length, 1);
  await store.messages.create('first', { role: 'user', parts: [{ type: 'text', text: 'Hi' }] });
  equal((await store.sessions.get('first'))?.messageCount, 1);
  await store.sessions.delete('first');
  equal(await store.sessions.get('first'), undefined);
  await store.sessions.delete('first');
}

/** @type {Spec} */
export async function messagesAreListedInTheOrderOfCreation({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  /** @type {string[]} */
  const ids = [];
  for (let n = 0; n < 9; n++) {
    const role = n % 3 === 2 ? 'assistant' : 'user';
    const draft = await store.messages.create(id, { id: `m${8 - n}`, role, parts: [{ type: 'text', text: String(n) }] });
    ids.push(draft.id);
  }
  /** @param {Parameters<typeof store.messages.list>[1]} [options] */
  const list = async (options) => (await store.messages.list(id, options)).map((message) => message.id);
  deepEqual(await list(), ids);
  deepEqual(await list({ limit: 2 }), ids.slice(7));
  deepEqual(await list({ limit: 2, before: ids[4] ?? '' }), ids.slice(2, 4));
  deepEqual(await list({ limit: 2, after: ids[4] ?? '' }), ids.slice(5, 7));
  deepEqual(await list({ before: ids[3] ?? '' }), ids.slice(0, 3));
  deepEqual(await list({ after: ids[8] ?? '' }), []);
  deepEqual((await store.messages.listUser(id, { limit: 3 })).map(({ parts }) => textOf(/** @type {any} */ ({ parts }))), ['7', '6', '4']);
  equal((await store.messages.listUser()).length, 6);
  equal((await store.messages.lastAssistant(id))?.id, ids[8]);
  await rejects(store.messages.list(id, { before: 'nobody' }), 'not-found');
  await rejects(store.messages.list(id, { before: 'm1', after: 'm2' }), 'invalid-argument');
  await store.messages.deleteAll(id);
  deepEqual(await list(), []);
  equal((await store.sessions.get(id))?.messageCount, 0);
}

/** A list crosses as one text, a single message as an object. @type {Spec} */
export async function aListShowsItsMessagesAsTheyAreOneByOne({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const awkward = '"quoted" \\ \u0000\u001f\u2028 é 汉 😀\n';
  /** @type {import('../../dist/index.js').Part[][]} */
  const contents = [
    [],
    [{ type: 'text', text: awkward, extra: { later: [awkward, 1e300, null] } }],
    [{ type: 'binary', mimeType: 'a/b', data: Uint8Array.of(0, 128, 255) }, { type: 'text', text: awkward.repeat(9000) },
      { type: 'binary', mimeType: 'a/b', data: new Uint8Array() }],
    [{ type: 'custom', name: awkward, data: { ['__proto__']: 1, [awkward]: { deep: [[], {}, 'x'] } } }],
    [{ type: 'binary', mimeType: 'c/d', data: Uint8Array.of(7), path: 'p', extra: { data: 3 } }],
    [{ type: 'finish', reason: 'error', time: 1, message: awkward, extra: { reason: 'of another writer', more: {} } }],
  ];
  for (const parts of contents) await store.messages.create(id, { role: 'user', model: 'm', parts });
  const list = await store.messages.list(id);
  equal(list.length, contents.length);
  deepEqual(list, await Promise.all(list.map((message) => store.messages.get(message.id))));
  deepEqual(await store.messages.listUser(id), [...list].reverse());
  deepEqual(await store.messages.list((await store.sessions.create()).id), []);
}

/** Backwards through a session while messages come and go: each that is there all along is read once. C11 @type {Spec} */
export async function C11_pagesStayExactWhileMessagesComeAndGo({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  /** @type {string[]} */
  const ids = [];
  for (let n = 0; n < 20; n++) ids.push((await store.messages.create(id, { role: n % 2 ? 'assistant' : 'user' })).id);
  const deleted = new Set();
  /** @type {Promise<unknown>[]} */
  const under = [];
  /** @type {string[]} */
  let read = [];
  for (let page = 0; ; page++) {
    const before = read.find((each) => !deleted.has(each));
    const messages = await store.messages.list(id, { limit: 3, ...(before && { before }) });
    if (messages.length === 0) break;
    read = [...messages.map((message) => message.id), ...read];
    // Not waited for: the next page is asked for while they are under way. Of what was read the oldest, of the rest the next.
    for (const gone of [read[0] ?? '', ids[20 - 3 * (page + 2)] ?? '', ids[0] ?? '']) {
      if (page % 2 === 0 || deleted.has(gone) || gone === '') continue;
      deleted.add(gone);
      under.push(store.messages.delete(gone));
    }
    under.push(store.messages.create(id, { role: 'user', parts: [{ type: 'text', text: 'new' }] }));
  }
  await Promise.all(under);
  ok(deleted.size >= 5, `${deleted.size} are deleted`);
  equal(new Set(read).size, read.length);
  deepEqual(read.filter((each) => !deleted.has(each)), ids.filter((each) => !deleted.has(each)));
  const first = read.find((each) => deleted.has(each)) ?? '';
  await rejects(store.messages.list(id, { before: first }), 'not-found');
}

/** @type {Spec} */
export async function badInputIsNamed({ open, millrace }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  const wrong = /** @type {any} */ (undefined);
  await rejects(store.messages.create('nobody', { role: 'user' }), 'not-found');
  await rejects(store.messages.create(session.id, { role: /** @type {any} */ ('robot') }), 'invalid-argument');
  await rejects(store.messages.create(session.id, { role: 'user', id: '' }), 'invalid-argument');
  await rejects(store.messages.create(session.id, { role: 'user', id: draft.id }), 'invalid-argument');
  await rejects(store.messages.create(session.id, { role: 'user', parts: [/** @type {any} */ ({ type: 'text' })] }), 'invalid-argument');
  await rejects(store.messages.create(wrong, { role: 'user' }), 'invalid-argument');
  await rejects(store.messages.create(session.id, wrong), 'invalid-argument');
  await rejects(store.messages.update(wrong), 'invalid-argument');
  await rejects(store.messages.update({ ...draft.message, parts: wrong, version: wrong }), 'invalid-argument');
  await rejects(draft.addPart(wrong), 'invalid-argument');
  await rejects(draft.putToolCall(wrong), 'invalid-argument');
  await rejects(store.messages.get(wrong), 'invalid-argument');
  await rejects(store.messages.list(session.id, { limit: 0 }), 'invalid-argument');
  await rejects(store.messages.list(session.id, { limit: 1.5 }), 'invalid-argument');
  await rejects(store.messages.open('nobody'), 'not-found');
  await rejects(store.sessions.update('nobody', { title: 'x' }), 'not-found');
  await rejects(store.sessions.update(session.id, { title: /** @type {any} */ (7) }), 'invalid-argument');
  await rejects(store.sessions.create({ id: session.id }), 'invalid-argument');
  await rejects(store.flush(draft.id, { timeoutMs: -1 }), 'invalid-argument');
  await rejects(millrace.openStore({ storage: /** @type {any} */ ('floppy') }), 'invalid-argument');
  await rejects(millrace.openStore({ name: '' }), 'invalid-argument');
  await rejects(millrace.openStore({ windowMs: NaN }), 'invalid-argument');
  await rejects(store.ingest(session.id, /** @type {any} */ ({}), { format: 'text' }), 'invalid-argument');
  await rejects(store.ingest(session.id, new Response('x'), { format: /** @type {any} */ ('morse') }), 'invalid-argument');
  await rejects(store.ingest(session.id, new Response('x'), { format: 'text', role: 'user' }), 'invalid-argument');
  await rejects(store.ingest(session.id, new Response('x'), wrong), 'invalid-argument');
  ok((await store.messages.list(session.id)).length === 1, 'nothing was stored by any of it');
}

/** @type {Spec} */
export async function classicUpdates({ open }) {
  const store = await open();
  const { session } = await startReply(store);
  const created = await store.messages.create(session.id, { role: 'assistant' });
  let message = created.message;
  for (const text of ['H', 'He', 'Hello']) {
    message = await store.messages.update({ ...message, parts: [{ type: 'text', text }] });
    equal(textOf(message), text);
  }
  const stale = { ...created.message, parts: [{ type: /** @type {const} */ ('text'), text: 'Hello again' }] };
  equal(textOf(await store.messages.update(stale)), 'Hello again', 'an old copy that only adds to what is there:');
  const draft = await store.messages.open(message.id);
  draft.appendText('!');
  await draft.flush();
  await rejects(store.messages.update(stale), 'stale');
  const newest = await store.messages.get(message.id);
  ok(newest, 'the message is there');
  const { version } = newest;
  const same = await store.messages.update(newest);
  equal(same.version, version, 'an update that changes nothing:');
  const finished = await store.messages.update({ ...newest, parts: [...newest.parts, { type: 'finish', reason: 'end_turn', time: Date.now() }] });
  ok(finished.finishedAt !== undefined, 'finished by the update');
  equal((await store.messages.get(message.id, { committed: true }))?.finishedAt, finished.finishedAt, 'a terminal update is durable:');
  await rejects(store.messages.update({ ...finished, parts: [] }), 'finished');
  await rejects(store.messages.update({ ...finished, id: 'nobody' }), 'not-found');
  await rejects(draft.finish(), 'finished');
}
