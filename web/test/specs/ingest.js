// @ts-check
import { deepEqual, equal, ok, rejects } from '../support/page/assert.js';
import { finishOf, listen, textOf, until } from '../support/page/context.js';

/** @import { Spec, SpecContext } from '../support/page/context.js' */
/** @import { Message, Run, Store } from '../../dist/index.js' */

/** @param {SpecContext} context */
async function setUp({ open }) {
  const store = await open();
  const { id } = await store.sessions.create();
  return { store, id };
}

/** A reply whose connection breaks once its first words are there. @param {SpecContext} context @param {Store} store @param {Promise<Run>} started @param {string} name */
async function breakOff({ provider }, store, started, name) {
  const run = await started;
  await until(async () => textOf(await store.messages.get(run.messageId)) !== '');
  await fetch(`${provider}release?name=${name}`);
  return run;
}

/** What is stored of the run's message once it is over. @param {Store} store @param {Run} run */
async function outcome(store, run) {
  const error = await run.done.then(() => undefined, (/** @type {unknown} */ thrown) => thrown);
  const message = await store.messages.get(run.messageId, { committed: true });
  ok(message, 'the message is stored');
  return { error: /** @type {any} */ (error), message, reason: finishOf(message)?.reason };
}

/** @param {Message} message */
function checkRich(message) {
  const parts = message.parts.map((part) => ({ ...part }));
  const [reasoning] = parts;
  ok(reasoning?.type === 'reasoning' && reasoning.finishedAt !== undefined, 'the reasoning has ended');
  equal(reasoning.text, 'Let me think 🤔.');
  deepEqual(parts.slice(1, -1), [
    { type: 'text', text: 'Grüße, Welt 👋' },
    { type: 'tool_call', id: 'call_a', name: 'weather', input: '{"city":"Köln"}', finished: true },
    { type: 'tool_call', id: 'call_b', name: 'time', input: '{"zone":"UTC"}', finished: true },
    { type: 'custom', name: 'usage', data: { inputTokens: 9, outputTokens: 12 } },
  ]);
  equal(finishOf(message)?.reason, 'tool_use');
}

/** @type {Spec} */
export async function readsAReplyFromEverySource(context) {
  const { store, id } = await setUp(context);
  const url = `${context.provider}rich`;
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
  }
  async function* strings() {
    const text = new TextDecoder().decode(bytes);
    for (let at = 0; at < text.length; at += 1) yield text[at] ?? '';
  }
  // Node cancels the body of a response that nobody holds any more.
  const response = await fetch(url);
  const sources = [
    await fetch(url), fetch(url), fetch(`${context.provider}bytewise`), /** @type {ReadableStream<Uint8Array>} */ (response.body),
    pieces(), strings(), { url }, { url: new URL(url), init: { headers: new Headers({ 'x-test': '1' }) } },
  ];
  for (const source of sources) {
    /** @type {unknown[]} */
    const usage = [];
    const run = await store.ingest(id, source, { format: 'openai-chat', model: 'm', onUsage: (tokens) => void usage.push(tokens) });
    const message = await run.done;
    checkRich(message);
    deepEqual(message, await store.messages.get(run.messageId, { committed: true }));
    equal(message.model, 'm');
    deepEqual(usage, [{ inputTokens: 9, outputTokens: 12 }]);
  }
  ok(response.bodyUsed, 'the body is read from the response');
  const session = await store.sessions.get(id);
  deepEqual([session?.promptTokens, session?.completionTokens], [9 * sources.length, 12 * sources.length]);
}

/** @type {Spec} */
export async function readsPlainTextAndSendsTheRequestAsGiven(context) {
  const { store, id } = await setUp(context);
  const plain = await store.ingest(id, { url: `${context.provider}text` }, { format: 'text' });
  const { message, reason } = await outcome(store, plain);
  deepEqual([textOf(message), reason], ['Plain text, 漢字 and 😀.', 'end_turn']);
  const init = { method: 'POST', headers: { 'x-test': 'yes' }, body: 'the body' };
  const echo = await store.ingest(id, { url: `${context.provider}echo`, init }, { format: 'text' });
  equal(textOf(await echo.done), 'POST yes the body');
  const relative = await store.ingest(id, { url: 'provider/text' }, { format: 'text' });
  equal(finishOf(await relative.done)?.reason, 'end_turn');
}

/** @type {Spec} */
export async function anEventPerWindowAndTheMessageBeforeTheFirstByte(context) {
  const { store, id } = await setUp(context);
  const heard = listen(store, { sessionId: id });
  const run = await store.ingest(id, fetch(`${context.provider}hold?name=${context.name}`), { format: 'openai-chat' });
  ok(await store.messages.get(run.messageId, { committed: true }), 'saved before it is read');
  await until(() => heard.events.some((event) => event.type === 'updated' && textOf(event.message) === 'First '));
  await fetch(`${context.provider}release?name=${context.name}`);
  equal(textOf(await run.done), 'First second');
  const last = heard.events.findLast((event) => event.type === 'updated');
  ok(last?.type === 'updated' && last.terminal && textOf(last.message) === 'First second', 'the listener has the final state, terminal');
}

/** @type {Spec} */
export async function I4_httpErrorsKeepStatusBodyAndWait(context) {
  const { store, id } = await setUp(context);
  for (const source of [fetch(`${context.provider}overloaded`), await fetch(`${context.provider}overloaded`), { url: `${context.provider}overloaded` }]) {
    const { error, message, reason } = await outcome(store, await store.ingest(id, source, { format: 'openai-chat' }));
    await rejects(Promise.reject(error), 'http');
    deepEqual([error.status, error.retryAfterMs, reason, message.parts.length], [500, 2000, 'error', 1]);
    ok(error.body.includes('The engine is overloaded'), 'the start of the body');
  }
  const long = await outcome(store, await store.ingest(id, fetch(`${context.provider}longError`), { format: 'text' }));
  deepEqual([long.error.status, long.error.body.length], [400, 2048]);
}

/** @type {Spec} */
export async function I4_networkErrorsKeepWhatHadArrived(context) {
  const { store, id } = await setUp(context);
  const url = `${context.provider}cut?name=${context.name}`;
  for (const source of [fetch(url), { url }]) {
    const run = await breakOff(context, store, store.ingest(id, source, { format: 'openai-chat' }), context.name);
    const { error, message, reason } = await outcome(store, run);
    await rejects(Promise.reject(error), 'network');
    deepEqual([textOf(message), reason], ['Half a rep', 'error']);
  }
  const nowhere = await outcome(store, await store.ingest(id, fetch('http://127.0.0.1:1/'), { format: 'text' }));
  deepEqual([nowhere.error.code, nowhere.reason], ['network', 'error']);
  async function* breaks() {
    yield 'one ';
    throw new Error('the source broke');
  }
  const broken = await outcome(store, await store.ingest(id, breaks(), { format: 'text' }));
  deepEqual([broken.error.code, textOf(broken.message), broken.reason], ['network', 'one ', 'error']);
}

/** @type {Spec} */
export async function I4_malformedInput(context) {
  const { store, id } = await setUp(context);
  /** @param {string} endpoint */
  const ingest = async (endpoint) => outcome(store, await store.ingest(id, fetch(context.provider + endpoint), { format: 'openai-chat' }));
  const malformed = await ingest('malformed');
  deepEqual([malformed.error, textOf(malformed.message), malformed.reason], [undefined, 'Hello there', 'end_turn']);
  const html = await ingest('html');
  deepEqual([html.error?.code, html.reason], ['protocol', 'error']);
  const provider = await ingest('errorInStream');
  deepEqual([provider.error?.code, provider.error?.providerType, textOf(provider.message), provider.reason], ['protocol', 'rate_limit_error', 'Half', 'error']);
  const unfinished = await ingest('unfinished');
  deepEqual([unfinished.error, textOf(unfinished.message), unfinished.reason], [undefined, 'Half', 'unknown']);
}

/** @type {Spec} */
export async function I4_abort(context) {
  const { store, id } = await setUp(context);
  const aborted = new AbortController();
  aborted.abort();
  await rejects(store.ingest(id, fetch(`${context.provider}simple`), { format: 'openai-chat', signal: aborted.signal }), 'aborted');
  const held = (/** @type {string} */ name) => `${context.provider}hold?name=${context.name}-${name}`;
  /** @type {((abort: AbortController) => Promise<Run>)[]} */
  const starts = [
    ({ signal }) => store.ingest(id, fetch(held('a')), { format: 'openai-chat', signal }),
    ({ signal }) => store.ingest(id, { url: held('b') }, { format: 'openai-chat', signal }),
    ({ signal }) => store.ingest(id, { url: held('c'), init: { signal } }, { format: 'openai-chat' }),
    async (abort) => {
      const run = await store.ingest(id, fetch(held('d')), { format: 'openai-chat' });
      abort.signal.addEventListener('abort', () => run.abort('enough'));
      return run;
    },
  ];
  for (const start of starts) {
    const abort = new AbortController();
    const run = await start(abort);
    await until(async () => textOf(await store.messages.get(run.messageId)) !== '');
    abort.abort();
    const { error, message, reason } = await outcome(store, run);
    await rejects(Promise.reject(error), 'aborted');
    deepEqual([textOf(message), reason], ['First ', 'canceled']);
    run.abort();
  }
  // Before there is a response.
  const run = await store.ingest(id, fetch(`${context.provider}silent?name=${context.name}`), { format: 'openai-chat' });
  run.abort();
  const { error, reason } = await outcome(store, run);
  deepEqual([error.code, reason], ['aborted', 'canceled']);
}

/** @type {Spec} */
export async function whatCannotBeReadIsSaid(context) {
  const { store, id } = await setUp(context);
  const used = new Response('text');
  await used.text();
  await rejects(store.ingest(id, used, { format: 'text' }), 'invalid-argument');
  const locked = new Response('text').body;
  locked?.getReader();
  await rejects(store.ingest(id, /** @type {any} */ (locked), { format: 'text' }), 'invalid-argument');
  await rejects(store.ingest(id, { url: 'http://[' }, { format: 'text' }), 'invalid-argument');
  await rejects(store.ingest(id, { url: '/', init: { method: 'POST', body: new ReadableStream() } }, { format: 'text' }), 'invalid-argument');
  await rejects(store.ingest('nobody', new Response('x'), { format: 'text' }), 'not-found');
  await rejects(store.ingest('nobody', new Response('x'), { format: () => undefined }), 'not-found');
  deepEqual(await store.messages.list(id), []);
}

/** @type {Spec} */
export async function goesOnWithAMessage(context) {
  const { store, id } = await setUp(context);
  const cut = fetch(`${context.provider}cut?name=${context.name}`);
  const first = await breakOff(context, store, store.ingest(id, cut, { format: 'openai-chat', messageId: 'mine' }), context.name);
  equal(first.messageId, 'mine');
  await rejects(first.done, 'network');
  const second = await store.ingest(id, fetch(`${context.provider}simple`), { format: 'openai-chat', messageId: 'mine' });
  const message = await second.done;
  deepEqual([textOf(message), finishOf(message)?.reason, message.parts.length], ['Half a repHello there', 'end_turn', 2]);
  await rejects(store.ingest(id, new Response('x'), { format: 'text', messageId: 'mine' }), 'finished');
  equal((await store.messages.list(id)).length, 1);
}

/** The usage that came after the finish is counted, and the request is cancelled. @type {Spec} */
export async function I4_aServerThatNeverClosesTheConnectionHoldsNothingUp(context) {
  const { store, id } = await setUp(context);
  const name = `${context.name}-${context.storage}`;
  const run = await store.ingest(id, { url: `${context.provider}staysOpen?name=${name}` }, { format: 'openai-chat' });
  const message = await run.done;
  deepEqual([textOf(message), finishOf(message)?.reason], ['All of it', 'end_turn']);
  const session = await store.sessions.get(id);
  deepEqual([session?.promptTokens, session?.completionTokens], [3, 4]);
  await until(async () => (await fetch(`${context.provider}hasLeft?name=${name}`)).json());
}
