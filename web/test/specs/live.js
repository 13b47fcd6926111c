// @ts-check
/** Live queries (L1), looked at through `millrace/live` or through a framework's binding (L2). */
import { deepEqual, equal, ok } from '../support/page/assert.js';
import { textOf, until } from '../support/page/context.js';
import { watched } from '../support/page/watched-store.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Store, Message } from '../../dist/index.js' */

/** @param {Store} store @param {string} sessionId @param {number} count */
async function say(store, sessionId, count, prefix = 'm') {
  for (let n = 0; n < count; n++) {
    await store.messages.create(sessionId, { id: `${prefix}${n}`, role: 'user', parts: [{ type: 'text', text: `said ${prefix}${n}` }] });
  }
}

/** @param {{ shown(): { messages?: readonly Message[] } }} query */
const ids = (query) => (query.shown().messages ?? []).map(({ id }) => id).join(' ');

/** @type {Spec} */
export async function L1_showsWhatIsThereAndFollows({ open, observe }) {
  const store = await open();
  const { id } = await store.sessions.create();
  await say(store, id, 2);
  const query = observe.conversation(store, id);
  equal(query.shown().status, 'loading');
  await until(() => query.shown().status === 'ready');
  equal(ids(query), 'm0 m1');
  const [first] = query.shown().messages ?? [];
  const draft = await store.messages.create(id, { id: 'reply', role: 'assistant' });
  await until(() => ids(query) === 'm0 m1 reply');
  draft.appendText('Hello');
  await until(() => textOf(query.shown().messages?.[2]) === 'Hello');
  await draft.finish();
  await until(() => query.shown().messages?.[2]?.finishedAt !== undefined);
  deepEqual(query.shown().messages?.[2], draft.message);
  equal(query.shown().messages?.[0], first, 'what did not change is the same object:');
  await store.messages.delete('m0');
  await until(() => ids(query) === 'm1 reply');
  await store.sessions.delete(id);
  await until(() => ids(query) === '');
  equal(query.shown().status, 'ready');
  query.end();
}

/** @type {Spec} */
export async function L1_nothingBetweenLoadAndSubscriptionIsLostOrDoubled({ open, observe }) {
  const store = await open();
  const { id } = await store.sessions.create();
  await say(store, id, 3, 'before');
  const creating = say(store, id, 20, 'during');
  const queries = [];
  for (let n = 0; n < 6; n++) {
    queries.push(observe.conversation(store, id, { limit: 100 + n }));
    await store.messages.get('before0');
  }
  const deleting = store.messages.delete('before1');
  queries.push(observe.conversation(store, id, { limit: 99 }));
  await Promise.all([creating, deleting]);
  const expected = (await store.messages.list(id)).map(({ id: message }) => message).join(' ');
  for (const query of queries) {
    await until(() => ids(query) === expected);
    query.end();
  }
}

/** @type {Spec} */
export async function L1_earlierPagesComeOnDemand({ open, observe }) {
  const { store, settled } = watched(await open());
  const { id } = await store.sessions.create();
  await say(store, id, 10);
  const query = observe.conversation(store, id, { limit: 3 });
  await until(() => query.shown().status === 'ready');
  equal(ids(query), 'm7 m8 m9');
  equal(query.shown().hasEarlier, true);
  const held = query.shown().messages?.[0];
  const loading = query.more(2);
  await store.messages.delete('m7');
  await loading;
  await settled();
  await until(() => ids(query) === 'm5 m6 m8 m9');
  await Promise.all([query.more(3), query.more(1)]);
  await until(() => ids(query) === 'm1 m2 m3 m4 m5 m6 m8 m9');
  ok(!query.shown().messages?.includes(/** @type {Message} */ (held)), 'the deleted one is gone');
  equal(query.shown().hasEarlier, true);
  await store.messages.delete('m0');
  await until(() => query.shown().hasEarlier === false);
  await query.more();
  equal(ids(query), 'm1 m2 m3 m4 m5 m6 m8 m9');
  query.end();
}

/** @type {Spec} */
export async function L1_whatWasMissedIsReadAgain({ open, observe }) {
  const { store, state, settled } = watched(await open());
  const { id } = await store.sessions.create({ title: 'one' });
  await say(store, id, 3);
  const [conversation, sessions, message] = [observe.conversation(store, id), observe.sessions(store), observe.message(store, 'm2')];
  await until(() => [conversation, sessions, message].every((query) => query.shown().status === 'ready'));
  const kept = conversation.shown().messages?.[2];
  state.losing = true;
  await store.messages.delete('m0');
  await say(store, id, 1, 'missed');
  const other = await store.sessions.create({ title: 'two' });
  await store.flushAll();
  state.losing = false;
  await store.sessions.update(id, { title: 'three' });
  await settled();
  await until(() => ids(conversation) === 'm1 m2 missed0');
  equal(conversation.shown().messages?.[1], kept, 'what did not change is the same object:');
  await until(() => sessions.shown().sessions?.length === 2 && sessions.shown().sessions?.some(({ title }) => title === 'three'));
  ok(sessions.shown().sessions?.some((session) => session.id === other.id), 'the other session');
  equal(message.shown().message?.id, 'm2');
  for (const query of [conversation, sessions, message]) query.end();
}

/** @type {Spec} */
export async function L1_anImportIsSeen({ open, observe }) {
  const { store } = watched(await open());
  const { id } = await store.sessions.create();
  await say(store, id, 2);
  const file = await store.export();
  await store.sessions.delete(id);
  const [conversation, sessions] = [observe.conversation(store, id), observe.sessions(store)];
  await until(() => conversation.shown().status === 'ready' && sessions.shown().status === 'ready');
  equal(ids(conversation), '');
  await store.import(file);
  await until(() => ids(conversation) === 'm0 m1');
  await until(() => sessions.shown().sessions?.length === 1);
  for (const query of [conversation, sessions]) query.end();
}

/** @type {Spec} */
export async function L1_oneQueryForWhoAsksForTheSame({ open, observe }) {
  const { store, reads, state, settled } = watched(await open());
  const { id } = await store.sessions.create();
  await say(store, id, 2);
  observe.conversation(store, id).end();
  const [first, second] = [observe.conversation(store, id), observe.conversation(store, id)];
  await until(() => first.shown().status === 'ready' && second.shown().status === 'ready');
  equal(reads['messages.list'], 1, 'reads, also where one left and another came in the same turn:');
  equal(state.subscriptions[id], 1, 'subscriptions:');
  equal(first.shown().messages, second.shown().messages);
  first.end();
  await settled();
  equal(state.subscriptions[id], 1);
  second.end();
  await until(() => state.subscriptions[id] === 0);
  const again = observe.conversation(store, id);
  await until(() => ids(again) === 'm0 m1');
  equal(reads['messages.list'], 2);
  again.end();
}

/** @type {Spec} */
export async function L1_aReplyChangesItsMessageAndNotTheIds({ open, observe }) {
  const { store, reads } = watched(await open());
  const { id } = await store.sessions.create();
  await say(store, id, 2);
  const draft = await store.messages.create(id, { id: 'reply', role: 'assistant' });
  const list = observe.ids(store, id);
  await until(() => list.shown().status === 'ready');
  const [other, reply] = [observe.message(store, 'm1'), observe.message(store, 'reply')];
  equal(other.shown().status, 'ready', 'at once, from the conversation:');
  equal(textOf(other.shown().message), 'said m1');
  const before = [list.changes(), other.changes()];
  for (const word of ['one ', 'two ', 'three']) {
    draft.appendText(word);
    await draft.flush();
  }
  await until(() => textOf(reply.shown().message) === 'one two three');
  ok(reply.changes() >= 3, `the reply changed ${reply.changes()} times`);
  deepEqual([list.changes(), other.changes()], before, 'the others:');
  equal(reads['messages.get'] ?? 0, 0, 'reads of single messages:');
  await store.messages.delete('m1');
  await until(() => list.shown().ids?.join(' ') === 'm0 reply' && other.shown().message === undefined);
  for (const query of [list, other, reply]) query.end();
}

/** @type {Spec} */
export async function L1_aSubscriberThatLeavesWhileAnotherIsCalledHearsNothingMore({ open, observe }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const [first, second] = [observe.conversation(store, id), observe.conversation(store, id)];
  await until(() => first.shown().status === 'ready' && second.shown().status === 'ready');
  const before = second.changes();
  second.end();
  await say(store, id, 1);
  await until(() => ids(first) === 'm0');
  equal(second.changes(), before);
  first.end();
}

/** @type {Spec} */
export async function L1_oneMessageByItself({ open, observe }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const query = observe.message(store, 'm0');
  await until(() => query.shown().status === 'ready');
  equal(query.shown().message, undefined);
  await say(store, id, 1);
  await until(() => textOf(query.shown().message) === 'said m0');
  await store.messages.delete('m0');
  await until(() => query.shown().message === undefined);
  equal(query.shown().status, 'ready');
  query.end();
}

/** @type {Spec} */
export async function L1_sessionsInTheOrderOfTheStore({ open, observe }) {
  const { store, settled } = watched(await open());
  const made = [];
  for (let n = 0; n < 7; n++) made.push(await store.sessions.create({ id: `s${n}`, title: `Title ${n}` }));
  const query = observe.sessions(store, { limit: 3 });
  await until(() => query.shown().status === 'ready');
  const expected = async () => (await store.sessions.list({ limit: query.shown().sessions?.length ?? 0 })).map((session) => session.id).join(' ');
  const same = async () => {
    await settled();
    const list = await expected();
    await until(() => query.shown().sessions?.map((session) => session.id).join(' ') === list);
  };
  await same();
  equal(query.shown().sessions?.length, 3);
  equal(query.shown().hasMore, true);
  const kept = query.shown().sessions?.[1];
  await store.sessions.update('s1', { title: 'Renamed' });
  await same();
  ok(query.shown().sessions?.includes(/** @type {any} */ (kept)), 'what did not change is the same object');
  await store.sessions.delete('s1');
  await same();
  await query.more(2);
  await same();
  equal(query.shown().sessions?.length, 5);
  equal(query.shown().hasMore, true);
  await query.more();
  await same();
  equal(query.shown().sessions?.length, 6);
  await until(() => query.shown().hasMore === false);
  query.end();
}

/** @type {Spec} */
export async function L1_aSearchFollows({ open, observe }) {
  const { store, settled } = watched(await open());
  const { id } = await store.sessions.create();
  await say(store, id, 25);
  const query = observe.search(store, 'said');
  await until(() => query.shown().status === 'ready');
  const hits = () => query.shown().hits?.map(({ messageId }) => messageId).join(' ');
  equal(query.shown().hits?.length, 20);
  equal(query.shown().hasMore, true);
  const kept = query.shown().hits?.[0];
  await query.more();
  await until(() => query.shown().hits?.length === 25);
  await store.messages.delete('m3');
  await until(() => query.shown().hits?.length === 24);
  equal(query.shown().hits?.[0], kept, 'what did not change is the same object:');
  const draft = await store.messages.create(id, { id: 'reply', role: 'assistant' });
  draft.appendText('nobody said so');
  await draft.finish();
  await settled();
  await until(() => hits()?.startsWith('reply m24'));
  query.end();
}

/** Which version of each message is shown, of how many. @param {{ shown(): { versions?: ReadonlyMap<string, { messageIds: readonly string[]; index: number }> } }} query */
const versions = (query) => [...query.shown().versions ?? []].map(([id, { messageIds, index }]) => `${id}: ${index + 1} of ${messageIds.join(' ')}`).join(', ');

/** @type {Spec} */
export async function L1_versionsOfMessagesFollow({ open, observe }) {
  const { store, reads, settled } = watched(await open());
  const { id } = await store.sessions.create();
  await say(store, id, 3);
  const query = observe.conversation(store, id);
  await until(() => query.shown().status === 'ready');
  const none = query.shown().versions;
  const draft = await store.messages.create(id, { id: 'reply', role: 'assistant' });
  draft.appendText('word');
  await draft.finish();
  await until(() => query.shown().messages?.[3]?.finishedAt !== undefined);
  deepEqual([none?.size, query.shown().versions === none, reads['messages.branches']], [0, true, 1], 'a list of messages:');

  // The reply is made again, and then the second question is edited.
  await (await store.messages.create(id, { id: 'again', role: 'assistant', parentId: 'm2' })).finish();
  await until(() => versions(query) === 'again: 2 of reply again');
  const kept = query.shown().versions;
  await store.messages.create(id, { id: 'next', role: 'user' });
  await until(() => ids(query) === 'm0 m1 m2 again next');
  equal(query.shown().versions, kept, 'they are the same object until one of them changes:');
  await store.messages.create(id, { id: 'edited', role: 'user', parentId: 'm0' });
  await until(() => ids(query) === 'm0 edited');
  equal(versions(query), 'edited: 2 of m1 edited');
  await store.sessions.switchTo(id, 'reply');
  await until(() => ids(query) === 'm0 m1 m2 reply');
  equal(versions(query), 'm1: 1 of m1 edited, reply: 1 of reply again');
  const ofQuestion = query.shown().versions?.get('m1');

  // What is hidden comes and goes too.
  await store.messages.createAll(id, [{ id: 'third', role: 'assistant', parentId: 'm2' }]);
  await store.sessions.switchTo(id, 'reply');
  await until(() => versions(query) === 'm1: 1 of m1 edited, reply: 1 of reply again third');
  equal(query.shown().versions?.get('m1'), ofQuestion, 'what did not change is the same object:');
  await store.messages.delete('third');
  await store.messages.delete('again', { branch: true });
  await until(() => versions(query) === 'm1: 1 of m1 edited');
  // The children of a message that is deleted become versions of its own.
  await store.messages.delete('m1');
  await until(() => versions(query) === 'm2: 1 of m2 edited');
  await store.messages.delete('edited');
  await until(() => versions(query) === '');
  await settled();
  equal(ids(query), 'm0 m2 reply');
  query.end();
}

/** @type {Spec} */
export async function L1_versionsOfEarlierMessagesComeWithThem({ open, observe }) {
  const store = await open();
  const { id } = await store.sessions.create();
  await say(store, id, 2);
  await store.messages.create(id, { id: 'first', role: 'user', parentId: null });
  await say(store, id, 4, 'n');
  const query = observe.conversation(store, id, { limit: 2 });
  await until(() => query.shown().status === 'ready');
  deepEqual([ids(query), versions(query)], ['n2 n3', '']);
  await query.more(2);
  await until(() => ids(query) === 'n0 n1 n2 n3');
  equal(versions(query), '');
  await query.more(2);
  await until(() => ids(query) === 'first n0 n1 n2 n3');
  deepEqual([versions(query), query.shown().hasEarlier], ['first: 2 of m0 first', false]);
  query.end();
}

/** @type {Spec} */
export async function L1_sessionsByTitleAndArchived({ open, observe }) {
  const store = await open();
  for (const [id, title] of [['a', 'A mill'], ['b', 'A weir'], ['c', 'Two mills']]) await store.sessions.create({ id, title });
  const [all, mills, archived] = [observe.sessions(store), observe.sessions(store, { query: 'mill' }), observe.sessions(store, { archived: true, limit: 1 })];
  const shown = (/** @type {typeof all} */ query) => (query.shown().sessions ?? []).map(({ id }) => id).sort().join(' ');
  await until(() => [all, mills, archived].every((query) => query.shown().status === 'ready'));
  deepEqual([all, mills, archived].map(shown), ['a b c', 'a c', '']);
  await store.sessions.update('b', { title: 'The mill at the weir' });
  await until(() => shown(mills) === 'a b c');
  await store.sessions.update('a', { archived: true });
  await until(() => shown(archived) === 'a' && shown(mills) === 'b c' && shown(all) === 'b c');
  await store.sessions.update('b', { archived: true });
  await until(() => archived.shown().hasMore === true);
  await archived.more(1);
  await until(() => shown(archived) === 'a b');
  await store.sessions.update('a', { archived: false });
  await until(() => shown(archived) === 'b' && shown(all) === 'a c');
  for (const query of [all, mills, archived]) query.end();
}

/** @type {Spec} */
export async function L1_aClosedStoreIsAnErrorAndTheNextOneWorks({ open, observe }) {
  const store = await open();
  const { id } = await store.sessions.create();
  await say(store, id, 1);
  await store.close();
  const closed = observe.conversation(store, id);
  await until(() => closed.shown().status === 'error');
  equal(closed.shown().error?.code, 'closed');
  closed.end();
  const again = await open();
  const query = observe.conversation(again, id);
  await until(() => query.shown().status === 'ready');
  query.end();
}
