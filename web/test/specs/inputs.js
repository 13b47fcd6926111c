// @ts-check
/** What nobody reads would be lost in silence, so it is refused, with the name that was probably meant. */
import { deepEqual, equal, ok, rejects, throws } from '../support/page/assert.js';
import { startReply } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */

/** @param {Promise<unknown>} call @param {RegExp} says */
async function refused(call, says) {
  /** @type {any} */
  const error = await call.then(() => undefined, (/** @type {any} */ thrown) => thrown);
  equal(error?.code, 'invalid-argument');
  ok(says.test(error.message), error.message);
}

/** @type {Spec} */
export async function unknownFieldsAreNamed({ open, millrace }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  const any = (/** @type {unknown} */ value) => /** @type {any} */ (value);
  await refused(store.messages.create(session.id, any({ role: 'user', content: 'hi' })), /"content": did you mean "parts"/);
  await refused(store.messages.create(session.id, any({ role: 'user', partz: [] })), /did you mean "parts"/);
  await refused(store.messages.create(session.id, any({ role: 'user', parts: [{ type: 'text', text: 'x', txt: 'y' }] })), /"txt": did you mean "text"/);
  await refused(store.sessions.update(session.id, any({ name: 'x' })), /"name": did you mean "title"/);
  await refused(store.sessions.create(any({ titel: 'x' })), /titel/);
  await refused(store.messages.list(session.id, any({ limits: 3 })), /did you mean "limit"/);
  await refused(store.search('x', any({ session: 's' })), /did you mean "sessionId"/);
  await refused(draft.putToolCall(any({ id: 't', name: 'f', arguments: '{}' })), /did you mean "input"/);
  await refused(millrace.openStore(any({ nam: 'x' })), /"nam"/);
  await refused(store.ingest(session.id, new Response(''), any({ formt: 'text', format: 'text' })), /"formt"/);
  throws(() => store.subscribe(() => undefined, any({ types: ['update'] })), 'invalid-argument');
  throws(() => store.subscribe(() => undefined, any({ session: 's' })), 'invalid-argument');
  deepEqual((await store.messages.list(session.id)).length, 1, 'nothing of it was stored:');
  const message = await store.messages.get(draft.id);
  ok(message, 'the message is there');
  await store.messages.update(message);
}

/** @type {Spec} */
export async function wrongValuesAreRefusedEverywhere({ open, millrace }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  await rejects(store.sessions.update(session.id, { promptTokens: -1 }), 'invalid-argument');
  await rejects(store.sessions.update(session.id, { completionTokens: 1.5 }), 'invalid-argument');
  await rejects(draft.putToolCall({ id: '', name: 'f' }), 'invalid-argument');
  await rejects(draft.addPart({ type: 'tool_call', id: '', name: 'f', input: '', finished: true }), 'invalid-argument');
  const empty = /** @type {const} */ ({ type: 'tool_result', toolCallId: '', name: 'f', content: '' });
  await rejects(store.messages.create(session.id, { role: 'tool', parts: [empty] }), 'invalid-argument');
  for (const name of ['\ud800', 'a\udc00b', '']) {
    await rejects(millrace.openStore({ name, storage: 'memory' }), 'invalid-argument');
    await rejects(millrace.deleteStore(name), 'invalid-argument');
    await rejects(store.sessions.create({ id: name }), 'invalid-argument');
    await rejects(store.messages.get(name), 'invalid-argument');
  }
  const failed = await store.ingest(session.id, Response.error(), { format: 'text' });
  await rejects(failed.done, 'network');
}
