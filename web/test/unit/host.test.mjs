// @ts-check
/** The Worker's host with several clients: each hears and answers for itself, all of them have one store. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { Host } from '../../dist/worker/host.js';
import { compiled } from '../../dist/worker/modules.js';
import { until } from '../support/page/context.js';

const module = (/** @type {string} */ name) => WebAssembly.compile(readFileSync(new URL(`../../dist/worker/millrace-${name}.wasm`, import.meta.url)));
const { core } = compiled({ core: await module('core'), streams: await module('streams') });
const REQUEST = { name: 'shared', storage: /** @type {const} */ ('memory'), windowMs: 1, mustDeliverTimeoutMs: 50, mailboxCapacity: 64 };

/** A page or a tab, without anything of its own. */
class TestClient {
  /** @type {any[]} */
  said = [];
  #lastId = 0;

  /** @param {Host} host @param {string} [name] of another tab */
  constructor(host, name) {
    const post = (/** @type {any[]} */ messages) => void this.said.push(...structuredClone(messages));
    this.port = name === undefined ? host.connectPage(post) : host.connectTab(name, post);
  }

  /** @param {any} message */
  send(message) { this.port.receive([message]); }

  /** Resolves with the answer. Ids begin at 1 for each client. @param {any} message */
  async ask(message) {
    const id = ++this.#lastId;
    this.send({ ...message, id });
    const reply = await until(() => this.said.find((said) => said.type === 'reply' && said.id === id));
    if (reply.error) throw Object.assign(new Error(reply.error.message), reply.error);
    return reply.value;
  }

  /** @param {string} method @param {unknown[]} args */
  call(method, ...args) { return this.ask({ type: 'call', method, args }); }

  open() { return this.ask({ type: 'open', request: REQUEST }); }

  /** Types of the events it has heard. */
  get heard() { return this.said.flatMap((said) => (said.type === 'batch' ? said.events : [])); }
}

/** @type {Host} */
let host;
let ends = 0;
/** @type {TestClient} */
let page;
/** @type {TestClient} */
let tab;

beforeEach(async () => {
  ends = 0;
  host = new Host(core, () => { ends++; });
  page = new TestClient(host);
  tab = new TestClient(host, 'tab');
  await Promise.all([page.open(), tab.open()]);
});

/** @param {TestClient} client @param {string} id */
const reasonOf = async (client, id) => (await client.call('getMessage', id, false)).parts.find((/** @type {any} */ part) => part.type === 'finish')?.reason;

test('clients share a store and have ids of their own', async () => {
  await page.call('createSession', { id: 's' });
  const [asPage, asTab] = await Promise.all([page.call('getSession', 's'), tab.call('getSession', 's')]);
  assert.deepEqual(asTab, asPage);
  assert.equal(page.said.filter(({ type, id }) => type === 'reply' && id === 1).length, 1);
});

test('each hears what any of them did, and only what it wants', async () => {
  page.send({ type: 'subscribe', filters: [{}] });
  tab.send({ type: 'subscribe', filters: [{ types: ['created'] }] });
  await tab.call('createSession', { id: 's' });
  await tab.call('createMessage', 's', { id: 'm', role: 'user' }, 'w', 0);
  await until(() => tab.heard.length === 1);
  assert.deepEqual(tab.heard.map(({ type }) => type), ['created']);
  await until(() => page.heard.some(({ type }) => type === 'created'));
  assert.ok(page.heard.some(({ type }) => type === 'session-created'));
});

test('a client that is busy holds up nobody else', async () => {
  for (const client of [page, tab]) client.send({ type: 'subscribe', filters: [{}] });
  for (let n = 0; n < 10; n++) {
    await page.call('createSession', { id: `s${n}` });
    page.send({ type: 'credit', count: page.said.filter(({ type }) => type === 'batch').length });
  }
  assert.equal(page.heard.length, 10);
  assert.ok(tab.said.filter(({ type }) => type === 'batch').length <= 2, 'no more than its credits');
  const answer = tab.call('getSession', 's0');
  await page.call('getSession', 's0');
  assert.ok(!tab.said.some(({ type, id }) => type === 'reply' && id > 1), 'its answers wait behind its events');
  tab.send({ type: 'credit', count: 2 });
  await answer;
});

test('a conversation that is over ends nothing that its tab has begun; a tab that is gone leaves what it wrote interrupted', async () => {
  await page.call('createSession', { id: 's' });
  const run = await tab.call('beginRun', 's');
  await tab.call('createMessage', 's', { id: 'in the run', role: 'assistant' }, 'w', run);
  await page.call('createMessage', 's', { id: 'of the page', role: 'assistant' }, 'v', 0);
  tab.port.disconnect();
  await page.call('flushAll', -1);
  assert.equal(await reasonOf(page, 'in the run'), undefined);
  host.endTab('tab');
  await until(async () => await reasonOf(page, 'in the run') === 'interrupted');
  assert.equal(await reasonOf(page, 'of the page'), undefined);
  assert.equal(ends, 0);
  await page.call('close', 1000);
  await until(() => ends === 1);
});

test('the store closes with the last client', async () => {
  await tab.call('createSession', { id: 's' });
  await tab.call('close', 1000);
  await assert.rejects(tab.call('getSession', 's'), { code: 'closed' });
  assert.equal((await page.call('getSession', 's')).id, 's');
  assert.equal(ends, 0);
  await page.call('close', 1000);
  await until(() => ends === 1);
});

test('a core that traps is over for all of them', async () => {
  host.failed(new WebAssembly.RuntimeError('unreachable'));
  for (const client of [page, tab]) await until(() => client.said.some(({ type }) => type === 'trapped'));
  assert.equal(ends, 1);
});

test('a call that the core does not have is refused', async () => {
  await assert.rejects(page.call('noSuchCall'), { code: 'invalid-argument', message: /noSuchCall/ });
});
