// @ts-check
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { startReply } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Store } from '../../dist/index.js' */

/** Ids of what is found. @param {Store} store @param {string} query @param {{ sessionId?: string; limit?: number }} [options] */
async function find(store, query, options) {
  return (await store.search(query, options)).hits.map(({ messageId }) => messageId);
}

/** @param {Store} store @param {string} sessionId @param {Record<string, string>} texts by id */
async function say(store, sessionId, texts) {
  for (const [id, text] of Object.entries(texts)) {
    await store.messages.create(sessionId, { id, role: 'user', parts: [{ type: 'text', text }] });
  }
}

/** @type {Spec} */
export async function findsWordsBeginningsAndScriptsWithoutSpaces({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  await say(store, id, {
    mill: 'Die Wassermühle am Bach', chinese: '我们今天讨论水车的历史', both: 'The mill by the brook: a café',
  });
  deepEqual(await find(store, '水车'), ['chinese']);
  deepEqual(await find(store, 'wasserm'), ['mill'], 'a beginning:');
  deepEqual(await find(store, 'CAFE brook'), ['both'], 'in any order and case, without diacritics:');
  deepEqual(await find(store, 'mill bach'), [], 'all words must be there:');
  await say(store, id, { longer: 'The millrace' });
  deepEqual(await find(store, 'mill'), ['longer', 'both'], 'the newest first:');
  deepEqual(await find(store, 'mill '), ['both'], 'with a blank behind it a whole word:');
}

/** @type {Spec} */
export async function answersInPages({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  await say(store, id, { a: 'turbine', b: 'turbine', c: 'turbine', d: 'turbine', e: 'turbine' });
  const first = await store.search('turbine', { limit: 2 });
  deepEqual(first.hits.map(({ messageId }) => messageId), ['e', 'd']);
  ok(first.next, 'there is more');
  await say(store, id, { f: 'turbine' });
  await store.messages.delete('d');
  const second = await store.search('turbine', { limit: 2, from: first.next });
  deepEqual(second.hits.map(({ messageId }) => messageId), ['c', 'b'], 'whatever came and went:');
  ok(second.next, 'there is more still');
  const last = await store.search('turbine', { limit: 2, sessionId: id, from: JSON.parse(JSON.stringify(second.next)) });
  deepEqual(last.hits.map(({ messageId }) => messageId), ['a']);
  equal(last.next, undefined);
  equal((await store.search('turbine')).next, undefined);
  for (const from of [7, 'x', {}, { before: 'x' }, { before: 1.5, longer: false }, { before: 1, longer: 1 }]) {
    await rejects(store.search('turbine', { from: /** @type {any} */ (from) }), 'invalid-argument');
  }
}

/** @type {Spec} */
export async function saysWhereTheWordsStand({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  await say(store, id, { m: `${'before '.repeat(100)}😀😀 <b>Über</b> 水车 ${'after '.repeat(100)}` });
  const [hit] = (await store.search('uber 水车', { sessionId: id })).hits;
  ok(hit, 'a hit');
  deepEqual([hit.messageId, hit.sessionId], ['m', id]);
  deepEqual(hit.matches.map(({ offset, length }) => hit.snippet.slice(offset, offset + length)), ['Über', '水车']);
  ok(hit.snippet.startsWith('…') && hit.snippet.endsWith('…'), `cut at both ends: ${hit.snippet}`);
  ok(hit.snippet.includes('<b>'), 'text as it is, not markup');
}

/** @type {Spec} */
export async function searchesOneSessionOrAllNewestFirst({ open }) {
  const store = await open();
  const [first, second] = [await store.sessions.create(), await store.sessions.create()];
  await say(store, first.id, { a: 'turbine one' });
  await say(store, second.id, { b: 'turbine two' });
  await say(store, first.id, { c: 'turbine three' });
  deepEqual(await find(store, 'turbine'), ['c', 'b', 'a']);
  deepEqual(await find(store, 'turbine', { sessionId: first.id }), ['c', 'a']);
  deepEqual(await find(store, 'turbine', { sessionId: first.id, limit: 1 }), ['c']);
  deepEqual(await find(store, 'turbine', { sessionId: 'nobody' }), []);
}

/** @type {Spec} */
export async function findsRepliesOnceFinishedAndNothingDeleted({ open }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  draft.appendText('a waterwheel turns');
  await draft.finish();
  deepEqual(await find(store, 'waterwheel'), [draft.id]);
  await store.messages.delete(draft.id);
  deepEqual(await find(store, 'waterwheel'), []);
  await say(store, session.id, { left: 'a waterwheel stands' });
  await store.sessions.delete(session.id);
  deepEqual(await find(store, 'waterwheel'), []);
}

/** @type {Spec} */
export async function noCharacterOfAQueryHasAMeaning({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  await say(store, id, { m: 'plain words AND 100% "quoted" text' });
  for (const query of ['', ' ', '"', '""', "'", '*', '(', 'NEAR(', '^', '%', '-', ':', '\\', '\0', '\ud800', '😀', '水', 'x'.repeat(100_000), 'nosuchword OR words', 'words; DROP TABLE messages']) {
    deepEqual(await find(store, query), [], `${JSON.stringify(query.slice(0, 20))}:`);
  }
  for (const query of ['"words', 'words*', '(words)', '-words', '"quoted"', 'words AND quoted', "words'", 'words\0']) {
    deepEqual(await find(store, query), ['m'], `${JSON.stringify(query)}:`);
  }
  equal((await store.messages.list(id)).length, 1);
  const wrong = /** @type {any} */ (undefined);
  await rejects(store.search(wrong), 'invalid-argument');
  await rejects(store.search('x', { limit: 0 }), 'invalid-argument');
  await rejects(store.search('x', { sessionId: /** @type {any} */ (7) }), 'invalid-argument');
  await rejects(store.search('x', { sessionId: /** @type {any} */ (() => undefined) }), 'invalid-argument');
  await store.close();
  await rejects(store.search('x'), 'closed');
}

/** @type {Spec} */
export async function caseAndDiacriticsDoNotCountInAnyAlphabet({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  const words = { greek: 'κόσμος', cyrillic: 'ещё', arabic: 'مُحَمَّد', hebrew: 'שָׁלוֹם', latin: 'Mühle' };
  const plain = { greek: 'ΚΟΣΜΟΣ', cyrillic: 'ЕЩЕ', arabic: 'محمد', hebrew: 'שלום', latin: 'muhle' };
  for (const [name, word] of Object.entries(words)) {
    await store.messages.create(id, { role: 'user', id: name, parts: [{ type: 'text', text: `a word 😀 ${word}, that is` }] });
  }
  for (const [name, word] of Object.entries(words)) {
    for (const query of [word, word.normalize('NFD'), plain[/** @type {keyof typeof plain} */ (name)]]) {
      const { hits } = await store.search(query);
      deepEqual(hits.map(({ messageId }) => messageId), [name], query);
      const [match] = hits[0]?.matches ?? [];
      ok(match, 'a match');
      equal(hits[0]?.snippet.slice(match.offset, match.offset + match.length), word);
    }
  }
}
