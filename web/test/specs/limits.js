// @ts-check
/** What is too large for the memory of a module is refused before it can trap; up to there everything works. */
import { equal, ok, rejects } from '../support/page/assert.js';
import { startReply, textOf } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */

const MI = 2 ** 20;
/** Some of a call is names of fields. */
const NAMES = 1024;

/** @type {Spec} */
export async function textOfOneCall({ open }) {
  const store = await open();
  const { session, draft } = await startReply(store);
  const create = (/** @type {number} */ length) => store.messages.create(session.id, { role: 'user', parts: [{ type: 'text', text: 'x'.repeat(length) }] });
  const largest = await create(64 * MI - NAMES);
  equal(textOf(await store.messages.get(largest.id)).length, 64 * MI - NAMES);
  await rejects(create(64 * MI + 1), 'invalid-argument');
  await rejects(create(400 * MI), 'invalid-argument');
  draft.appendText('x'.repeat(64 * MI + 1));
  await rejects(draft.finish(), 'invalid-argument');
  await store.messages.delete(largest.id);
  equal((await store.messages.list(session.id)).length, 1, 'the store goes on:');
}

/** @type {Spec} */
export async function oneEventOfAStream({ open }) {
  const store = await open();
  const session = await store.sessions.create();
  const ingest = async (/** @type {number} */ length) => {
    const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(length) }, finish_reason: 'stop' }] })}\n\n`;
    return (await store.ingest(session.id, new Response(event), { format: 'openai-chat' })).done;
  };
  equal(textOf(await ingest(31 * MI)).length, 31 * MI);
  await rejects(ingest(33 * MI), 'protocol');
  await rejects(ingest(64 * MI), 'protocol');
  ok((await store.messages.list(session.id)).length === 3, 'each is a message');
}
