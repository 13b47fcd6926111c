// @ts-check
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { finishOf, listen, startReply, textOf, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Part, Store } from '../../dist/index.js' */

/** What the `sqlite3` program prints. @param {string} provider @param {Blob} file @param {string} sql */
async function sqlite3(provider, file, sql) {
  const response = await fetch(`${provider}sqlite3?sql=${encodeURIComponent(sql)}`, { method: 'POST', body: file });
  const text = await response.text();
  ok(response.ok, text);
  return text;
}

/** Sessions and messages, all of them. @param {Store} store */
async function contentOf(store) {
  const sessions = await store.sessions.list();
  return Promise.all(sessions.map(async (session) => ({ session, messages: await store.messages.list(session.id) })));
}

/** @param {Store} store @param {string} text */
async function reply(store, text) {
  const { session, draft } = await startReply(store);
  draft.appendText(text);
  await draft.finish();
  return { session, draft };
}

/** @type {Spec} */
export async function anExportWhileADraftStreamsOpensInSqlite({ open, provider, name }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  draft.appendText('saved, ');
  await draft.flush();
  draft.appendText('accepted 😀');
  const exporting = store.export();
  draft.appendText(', later');
  const file = await exporting;
  equal(file.type, 'application/vnd.sqlite3');
  equal(await sqlite3(provider, file, 'PRAGMA integrity_check; SELECT title FROM sessions; SELECT id, role FROM messages'), `ok\nTest\n${draft.id}|assistant`);
  await draft.finish();
  await store.close();

  const other = await open({ name: `${name}-other` });
  deepEqual(await other.import(file), { sessions: 1, messages: 1 });
  const [message] = await other.messages.list(session.id);
  ok(textOf(message).startsWith('saved, accepted 😀'), textOf(message));
  equal(finishOf(message)?.reason, 'interrupted');
}

/** @type {Spec} */
export async function anImportOfAnExportIsTheSame({ open, name }) {
  const store = await open();
  const { session } = await reply(store, 'Grüße 😀 水车');
  /** @type {Part[]} */
  const parts = [
    { type: 'text', text: 'of a user' }, { type: 'binary', mimeType: 'image/png', data: new Uint8Array(600_000).map((_, index) => index % 251) },
    { type: 'custom', name: 'chart', data: { bars: [1, 2.5, null] } },
  ];
  await store.messages.create(session.id, { role: 'user', parts });
  await store.sessions.create({ title: 'A child', parentId: session.id });
  const file = await store.export();
  const before = await contentOf(store);
  await store.close();

  const other = await open({ name: `${name}-other` });
  deepEqual(await other.import(file), { sessions: 2, messages: 2 });
  deepEqual(await contentOf(other), before);
  equal((await other.search('水车')).hits.length, 1);
  deepEqual(await other.import(file), { sessions: 0, messages: 0 }, 'once more:');
  deepEqual(await contentOf(other), before);
}

/** @type {Spec} */
export async function whatIsThereStaysAndListenersReadAgain({ open, name }) {
  const other = await open({ name: `${name}-other` });
  await reply(other, 'of the other');
  const file = await other.export();

  const store = await open({ windowMs: 1 });
  const { draft } = await startReply(store);
  const heard = listen(store, { messageId: draft.id });
  draft.appendText('before');
  await until(() => heard.events.some(({ type }) => type === 'updated'));
  deepEqual(await store.import(file), { sessions: 1, messages: 1 });
  await until(() => heard.events.some(({ type }) => type === 'lagged'));
  deepEqual(heard.events.find(({ type }) => type === 'lagged'), { type: 'lagged', dropped: 2, messageIds: [] });
  draft.appendText(' and after');
  const last = await until(() => heard.events.findLast((event) => event.type === 'updated' && textOf(event.message) === 'before and after'));
  ok(last.type === 'updated' && last.appended, 'the copies of what was there still fit');
  const [count] = [heard.events.filter(({ type }) => type === 'lagged').length];
  await store.import(file);
  await draft.finish();
  equal(textOf(await store.messages.get(draft.id)), 'before and after');
  await until(() => heard.events.some((event) => event.type === 'updated' && event.terminal));
  equal(heard.events.filter(({ type }) => type === 'lagged').length, count, 'an import that adds nothing tells nobody:');
  equal((await store.sessions.list()).length, 2);
}

/** @type {Spec} */
export async function anUnusableFileChangesNothing({ open, provider }) {
  const store = await open();
  await reply(store, 'kept');
  const before = await contentOf(store);
  const { commits } = await store.stats();
  const heard = listen(store);
  const file = await store.export();
  const bytes = new Uint8Array(await file.arrayBuffer());
  ok(bytes.length > 8192, 'more than two pages');
  await rejects(store.import(new Blob(['garbage'])), 'invalid-argument');
  await rejects(store.import(new Blob([])), 'invalid-argument');
  await rejects(store.import(new Blob([new Uint8Array(100_000).fill(7)])), 'invalid-argument');
  await rejects(store.import(file.slice(0, bytes.length - 4096)), 'corrupt');
  await rejects(store.import(new Blob([bytes.fill(0xa5, 4096)])), 'corrupt');
  for (const wrong of /** @type {any[]} */ ([undefined, null, 'garbage', bytes, {}])) await rejects(store.import(wrong), 'invalid-argument');
  deepEqual(await contentOf(store), before);
  equal((await store.stats()).commits, commits);
  deepEqual(heard.events, []);
  equal(await sqlite3(provider, await store.export(), 'PRAGMA integrity_check'), 'ok');
  await store.close();
  await rejects(store.import(file), 'closed');
  await rejects(store.export(), 'closed');
}

/** @type {Spec} */
export async function importsADatabaseOfCrush({ open, provider }) {
  const store = await open();
  const file = await (await fetch(`${provider}crush-database`)).blob();
  const counts = await store.import(file);
  deepEqual(counts, { sessions: 2, messages: 4 });
  const water = await store.sessions.get('c1');
  deepEqual([water?.title, water?.cost, water?.promptTokens, water?.createdAt], ['Water', 0.5, 12, 1_750_000_000_000]);
  equal((await store.sessions.get('c2'))?.parentId, 'c1');
  const [question, answer, broken] = await store.messages.list('c1');
  deepEqual([question?.id, textOf(question)], ['x-question', 'How does it turn?']);
  deepEqual([answer?.model, answer?.isSummary, answer?.finishedAt, finishOf(answer)?.reason], ['model-1', true, 1_750_000_020_000, 'end_turn']);
  deepEqual(answer?.parts.find(({ type }) => type === 'reasoning')?.type, 'reasoning');
  deepEqual([textOf(broken), finishOf(broken)?.reason], ['cut o', 'interrupted']);
  deepEqual((await store.search('turbine')).hits.map(({ messageId }) => messageId), ['a-answer']);
}
