// @ts-check
/** Who follows whom, which path is shown; metadata, usage, history (D1 to D4, D6). */
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { listen, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Message, Store } from '../../dist/index.js' */

/** @param {readonly { id: string }[]} items */
const idsOf = (items) => items.map(({ id }) => id);

/**
 * a ── b ── c ── d        b: a reply, and e its second version
 * └─── e ── f
 * @param {Store} store
 */
async function forked(store) {
  const { id } = await store.sessions.create({ title: 'Branches' });
  for (const [name, role] of /** @type {const} */ ([['a', 'user'], ['b', 'assistant'], ['c', 'user'], ['d', 'user']])) {
    const draft = await store.messages.create(id, { id: name, role, parts: [{ type: 'text', text: `text of ${name}` }] });
    if (role === 'assistant') await draft.finish();
  }
  await store.messages.create(id, { id: 'e', role: 'user', parentId: 'a', parts: [{ type: 'text', text: 'text of e' }] });
  await store.messages.create(id, { id: 'f', role: 'user', parts: [{ type: 'text', text: 'text of f' }] });
  return id;
}

/** @type {Spec} */
export async function D1_messagesOfOneParentAreVersionsAndTheHeadDecides({ open, storage }) {
  const store = await open();
  const session = await forked(store);
  deepEqual(idsOf(await store.messages.list(session)), ['a', 'e', 'f']);
  deepEqual(idsOf(await store.messages.list(session, { head: 'd' })), ['a', 'b', 'c', 'd']);
  deepEqual(idsOf(await store.messages.list(session, { all: true })), ['a', 'b', 'c', 'd', 'e', 'f']);
  deepEqual(idsOf(await store.messages.list(session, { before: 'd', limit: 2 })), ['b', 'c']);
  deepEqual(idsOf(await store.messages.list(session, { after: 'a', limit: 1 })), ['e']);
  await rejects(store.messages.list(session, { after: 'c' }), 'not-found');
  await rejects(store.messages.list(session, { head: 'c', all: true }), 'invalid-argument');
  deepEqual(await store.messages.branches(session), [{ parentId: 'a', messageIds: ['b', 'e'] }]);
  const list = await store.messages.list(session);
  deepEqual(list.map(({ parentId }) => parentId), [undefined, 'a', 'e']);
  equal((await store.sessions.get(session))?.headId, 'f');
  equal((await store.sessions.switchTo(session, 'b')).headId, 'd');
  deepEqual(idsOf(await store.messages.list(session)), ['a', 'b', 'c', 'd']);
  equal((await store.messages.lastAssistant(session))?.id, 'b');
  if (storage === 'memory') return;
  await store.close();
  const again = await open();
  deepEqual(idsOf(await again.messages.list(session)), ['a', 'b', 'c', 'd']);
  equal((await again.sessions.switchTo(session, 'e')).headId, 'f');
}

/** @type {Spec} */
export async function D1_aParentIsOfTheSessionAndThere({ open }) {
  const store = await open();
  const session = await forked(store);
  const other = await store.sessions.create();
  await rejects(store.messages.create(other.id, { role: 'user', parentId: 'a' }), 'invalid-argument');
  await rejects(store.messages.create(session, { role: 'user', parentId: 'nobody' }), 'not-found');
  await rejects(store.messages.create(session, { role: 'user', parentId: '' }), 'invalid-argument');
  await rejects(store.sessions.switchTo(other.id, 'a'), 'not-found');
  const draft = await store.messages.create(session, { id: 'x', role: 'user', parentId: null });
  equal(draft.message.parentId, undefined);
  deepEqual(idsOf(await store.messages.list(session)), ['x']);
  deepEqual((await store.messages.branches(session))[0], { parentId: null, messageIds: ['a', 'x'] });
}

/** @type {Spec} */
export async function D1_deletesKeepTheTreeWhole({ open }) {
  const store = await open();
  const session = await forked(store);
  const { events } = listen(store);
  await store.messages.delete('a');
  deepEqual(idsOf(await store.messages.list(session)), ['e', 'f']);
  await until(() => events.some((event) => event.type === 'updated' && event.message.id === 'e' && event.message.parentId === undefined));
  await store.messages.delete('b', { branch: true });
  deepEqual(idsOf(await store.messages.list(session, { all: true })), ['e', 'f']);
  await until(() => events.some((event) => event.type === 'deleted' && event.messageIds.length === 3));
  await store.messages.delete('f');
  equal((await store.sessions.get(session))?.headId, 'e');
}

/** @type {Spec} */
export async function D1_callsOfOneTurnBuildOnEachOther({ open }) {
  const store = await open();
  const session = await forked(store);
  const made = await Promise.all([
    store.messages.create(session, { id: 'q', role: 'user', parentId: 'c' }),
    store.messages.create(session, { id: 'r', role: 'assistant' }),
    store.messages.list(session),
  ]);
  deepEqual(idsOf(made[2]), ['a', 'b', 'c', 'q', 'r']);
  equal(made[1].message.parentId, 'q');
  await made[1].finish();
}

/** @type {Spec} */
export async function D1_aForkIsASessionOfItsOwn({ open }) {
  const store = await open();
  const session = await forked(store);
  const fork = await store.sessions.fork('c', { id: 'fork', metadata: { from: session } });
  deepEqual([fork.id, fork.title, fork.metadata, fork.messageCount], ['fork', 'Branches', { from: session }, 3]);
  const copies = await store.messages.list('fork');
  deepEqual(copies.map(({ parts }) => parts[0]), (await store.messages.list(session, { head: 'c' })).map(({ parts }) => parts[0]));
  await store.sessions.delete(session);
  equal((await store.messages.list('fork')).length, 3);
}

/** @type {Spec} */
export async function D1_aSearchSaysWhatIsHidden({ open }) {
  const store = await open();
  await forked(store);
  const { hits } = await store.search('text of');
  deepEqual(hits.filter(({ hidden }) => hidden).map(({ messageId }) => messageId).sort(), ['b', 'c', 'd']);
}

/** @type {Spec} */
export async function D3_metadataIsChangedByMergePatches({ open, storage }) {
  const store = await open();
  const { id } = await store.sessions.create({ metadata: { color: 'red', deep: { a: 1, b: 2 } } });
  const changed = await store.sessions.update(id, { metadata: { color: null, deep: { b: 3 } }, archived: true });
  deepEqual(changed.metadata, { deep: { a: 1, b: 3 } });
  deepEqual([(await store.sessions.list()).length, (await store.sessions.list({ archived: true })).length], [0, 1]);
  equal((await store.sessions.list({ archived: 'all' })).length, 1);
  const draft = await store.messages.create(id, { role: 'assistant', metadata: { at: 'start' } });
  const { events } = listen(store, { messageId: draft.id });
  draft.appendText('x');
  draft.setMetadata({ model: { name: 'm', size: 1 } });
  draft.setMetadata({ model: { size: null }, at: 'once' });
  deepEqual(draft.message.metadata, { at: 'once', model: { name: 'm' } });
  draft.setMetadata({ at: 'start' });
  await draft.finish('end_turn');
  deepEqual((await store.messages.get(draft.id))?.metadata, { at: 'start', model: { name: 'm' } });
  const rated = await store.messages.setMetadata(draft.id, { rating: 1, at: null });
  deepEqual(rated.metadata, { model: { name: 'm' }, rating: 1 });
  await until(() => events.some((event) => event.type === 'updated' && event.message.metadata?.rating === 1));
  await rejects(store.messages.setMetadata(draft.id, /** @type {any} */ ([1])), 'invalid-argument');
  await rejects(store.messages.setMetadata('nobody', {}), 'not-found');
  if (storage === 'memory') return;
  await store.close();
  const again = await open();
  const message = await again.messages.get(draft.id);
  deepEqual([message?.metadata, message?.finishedAt !== undefined], [{ model: { name: 'm' }, rating: 1 }, true]);
  deepEqual((await again.messages.list(id))[0]?.metadata, message?.metadata);
}

/** @type {Spec} */
export async function D4_usageIsTheMessagesAndTheSessionsSumsKeepIt({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const draft = await store.messages.create(id, { role: 'assistant' });
  const usage = { inputTokens: 10, outputTokens: 20, cachedInputTokens: 4, reasoningTokens: 5, cost: 0.125 };
  await draft.finish('end_turn', { usage });
  const message = /** @type {Message} */ (await store.messages.get(draft.id));
  deepEqual(message.usage, usage);
  await store.messages.update({ ...message, usage: { ...usage, outputTokens: 25, cost: 0.25 } });
  const totals = async () => {
    const session = await store.sessions.get(id);
    return [session?.promptTokens, session?.completionTokens, session?.cost];
  };
  await until(async () => (await totals())[1] === 25);
  deepEqual(await totals(), [10, 25, 0.25]);
  deepEqual((await store.messages.list(id))[0]?.usage, { ...usage, outputTokens: 25, cost: 0.25 });
  await store.messages.delete(draft.id);
  deepEqual(await totals(), [10, 25, 0.25]);
  const refused = await store.messages.create(id, { role: 'assistant' });
  await rejects(refused.finish('end_turn', { usage: /** @type {any} */ ({ inputTokens: 'many', outputTokens: 1 }) }), 'invalid-argument');
}

/** @type {Spec} */
export async function D6_historyComesInOneCallWithItsOwnTimes({ open }) {
  const store = await open();
  const { id } = await store.sessions.create({ createdAt: 1000 });
  const before = (await store.stats()).commits;
  const made = await store.messages.createAll(id, Array.from({ length: 300 }, (_, n) => ({
    role: /** @type {'assistant' | 'user'} */ (n % 2 ? 'assistant' : 'user'), createdAt: 1_000_000 - n, parts: [{ type: /** @type {const} */ ('text'), text: String(n) }],
  })));
  equal((await store.stats()).commits, before + 1);
  equal(made.length, 300);
  ok(made.every(({ finishedAt }) => finishedAt !== undefined));
  deepEqual(idsOf(await store.messages.list(id)), idsOf(made));
  equal(made[299]?.createdAt, 1_000_000 - 299);
  await rejects(store.messages.createAll(id, [{ role: 'user' }, { id: made[0]?.id ?? '', role: 'user' }]), 'invalid-argument');
  equal((await store.sessions.get(id))?.messageCount, 300);
}

/** @type {Spec} */
export async function sessionsArePagedAndFoundByTheirTitles({ open }) {
  const store = await open();
  for (const title of ['Water wheels', 'The mill race', 'Grüße', 'Wheel of time']) await store.sessions.create({ id: title, title });
  const first = await store.sessions.list({ limit: 2 });
  await store.sessions.create({ id: 'new', title: 'New' });
  const rest = await store.sessions.list({ before: first[1]?.id ?? '' });
  deepEqual([...first, ...rest].map(({ id }) => id).sort(), ['Grüße', 'The mill race', 'Water wheels', 'Wheel of time']);
  deepEqual(idsOf(await store.sessions.list({ query: 'wheel' })).sort(), ['Water wheels', 'Wheel of time']);
  deepEqual(idsOf(await store.sessions.list({ query: 'gruße' })), ['Grüße']);
  await rejects(store.sessions.list({ before: 'nobody' }), 'not-found');
}
