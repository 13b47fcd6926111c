// @ts-check
/** The Worker is gone in the middle of everything: no call stays pending, and nothing acknowledged is lost. */
import { deepEqual, equal, ok } from '../support/page/assert.js';
import { finishOf, listen, startReply, textOf, until } from '../support/page/context.js';
import { setFault } from '../support/page/faults.js';

/** @import { Spec, SpecContext } from '../support/page/context.js' */
/** @import { Store } from '../../dist/index.js' */

const trapping = () => new Worker('/support/workers/trapping.js', { type: 'module' });

/** Everything that can be under way, and how each of it ended. @param {Store} store @param {Awaited<ReturnType<typeof startReply>>} reply @param {SpecContext} context */
async function callsUnderWay(store, { session, draft }, { name, provider }) {
  const run = await store.ingest(session.id, { url: `${provider}hold?name=${name}` }, { format: 'openai-chat' });
  return () => Promise.all([
    run.done,
    draft.flush(),
    draft.finish(),
    store.messages.create(session.id, { role: 'user', parts: [{ type: 'text', text: 'x' }] }),
    store.messages.list(session.id),
    store.sessions.update(session.id, { title: 'x' }),
    store.flushAll({ timeoutMs: 60_000 }),
    store.export(),
    store.run(session.id, ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve))),
  ].map((call) => call.then(() => 'done', (/** @type {any} */ error) => `${error.name} ${error.code}`)));
}

/** @param {SpecContext} context @param {(worker: Worker) => unknown} end @param {RegExp} says */
async function afterTheEnd(context, end, says) {
  /** @type {Worker | undefined} */
  let worker;
  const store = await context.open({ worker: () => (worker = trapping()) });
  const reply = await startReply(store);
  reply.draft.appendText('acknowledged');
  await reply.draft.flush();
  const heard = listen(store, { types: ['storage-error'] });
  const shown = context.observe.conversation(store, reply.session.id);
  await until(() => shown.shown().status === 'ready');
  const calls = await callsUnderWay(store, reply, context);
  await end(/** @type {Worker} */ (/** @type {unknown} */ (worker)));
  const outcomes = await calls();
  ok(outcomes.every((outcome) => outcome === 'done' || outcome === 'MillraceError internal'), `each call settles: ${outcomes}`);
  ok(outcomes.includes('MillraceError internal'), 'the end is told');
  const told = await store.sessions.list().then(() => undefined, (/** @type {any} */ error) => error.message);
  ok(says.test(told), `it says what happened: ${told}`);
  deepEqual(heard.events.map((event) => event.type === 'storage-error' && event.error.message), [told], 'listeners hear it once:');
  await until(() => shown.shown().status === 'error');
  equal(textOf(shown.shown().messages?.[0]), 'acknowledged', 'what was shown stays:');
  const again = await context.open();
  ok(again !== store, 'another handle');
  const message = await again.messages.get(reply.draft.id);
  equal(textOf(message), 'acknowledged');
  ok(['interrupted', 'end_turn'].includes(finishOf(message)?.reason ?? ''), 'it is finished');
  const [session] = await again.sessions.list();
  await again.messages.create(session?.id ?? '', { role: 'user', parts: [{ type: 'text', text: 'y' }] });
  deepEqual((await again.messages.list(session?.id ?? '')).at(-1)?.parts, [{ type: 'text', text: 'y' }]);
}

/** @type {Spec} */
export const aTrapEndsTheWorkerAndEveryCall = (context) => afterTheEnd(context, () => setFault('trap'), /ran out of memory or stack/);

/** @type {Spec} */
export const aWorkerThatEndsItselfIsNoticed = (context) => afterTheEnd(context, () => setFault('end'), /The Worker of the store has ended/);

/** @type {Spec} */
export const aTerminatedWorkerIsNoticed = (context) => afterTheEnd(context, (worker) => worker.terminate(), /The Worker of the store has ended/);

/** What reads streams is a module of its own: the store does not notice. @type {Spec} */
export async function I4_aReaderThatTrapsEndsItsStreamAlone({ open, name, provider }) {
  const store = await open({ worker: trapping });
  const { session, draft } = await startReply(store);
  const run = await store.ingest(session.id, { url: `${provider}hold?name=${name}` }, { format: 'openai-chat' });
  await until(async () => textOf(await store.messages.get(run.messageId)) !== '');
  await setFault('trap streams');
  await fetch(`${provider}release?name=${name}`);
  const error = await run.done.catch((/** @type {any} */ thrown) => thrown);
  equal(error.code, 'internal');
  ok(/ran out of memory or stack/.test(error.message), error.message);
  await setFault('');
  const message = await store.messages.get(run.messageId, { committed: true });
  deepEqual([textOf(message), finishOf(message)?.reason], ['First ', 'error'], 'what had arrived is kept:');
  draft.appendText('goes on');
  await draft.finish();
  const next = await store.ingest(session.id, { url: `${provider}simple` }, { format: 'openai-chat', messageId: run.messageId });
  equal(textOf(await next.done), 'First Hello there');
}
