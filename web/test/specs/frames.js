// @ts-check
/** Several pages of one browser with one store, as frames of a page: also where a driver has one window only. */
import { deepEqual, equal } from '../support/page/assert.js';
import { finishOf, textOf, until } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */
/** @import { Store } from '../../dist/index.js' */

/** @param {{ name: string; storage: 'opfs' | 'indexeddb' | 'memory' }} options @returns {Promise<{ store: Store; close: () => void }>} */
async function openFrame(options) {
  const frame = document.createElement('iframe');
  frame.src = '/';
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
  document.body.append(frame);
  await loaded;
  const script = /** @type {Document} */ (frame.contentDocument).createElement('script');
  script.type = 'module';
  script.src = '/support/page/in-frame.js';
  frame.contentDocument?.body.append(script);
  const { millrace } = await until(() => 'millrace' in /** @type {Window} */ (frame.contentWindow) && /** @type {any} */ (frame.contentWindow));
  return { store: await millrace.openStore(options), close: () => frame.remove() };
}

/** @param {Store} store */
const roleOf = async (store) => (await store.stats()).role;

/** @type {Spec} */
export async function M2_theFrameThatLeadsGoesAndTheOthersGoOn({ name, storage }) {
  const leader = await openFrame({ name, storage });
  const [writer, reader] = [await openFrame({ name, storage }), await openFrame({ name, storage })];
  deepEqual(await Promise.all([leader, writer, reader].map(({ store }) => roleOf(store))), ['leader', 'follower', 'follower']);
  const session = await writer.store.sessions.create({ title: 'Shared' });
  const own = await leader.store.messages.create(session.id, { role: 'assistant' });
  own.appendText('of the leader');
  await own.flush();
  const draft = await writer.store.messages.create(session.id, { role: 'assistant' });
  let text = '';
  for (let n = 0; n < 200; n++) {
    draft.appendText(`${n} `);
    text += `${n} `;
    if (n === 100) leader.close();
    await new Promise((resolve) => setTimeout(resolve));
  }
  const made = await Promise.all([writer, reader].map(({ store }) => store.sessions.create()));
  await draft.finish();
  await until(async () => textOf(await reader.store.messages.get(draft.id)) === text);
  await until(async () => finishOf(await reader.store.messages.get(own.id)));
  equal(finishOf(await reader.store.messages.get(own.id))?.reason, 'interrupted');
  deepEqual((await reader.store.sessions.list()).map(({ id }) => id).sort(), [session.id, ...made.map(({ id }) => id)].sort());
  deepEqual((await Promise.all([writer, reader].map(({ store }) => roleOf(store)))).sort(), ['follower', 'leader']);
  for (const { store, close } of [writer, reader]) {
    await store.close();
    close();
  }
}
