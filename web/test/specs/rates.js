// @ts-check
import { equal, ok } from '../support/page/assert.js';
import { startReply, textOf } from '../support/page/context.js';

/** @import { Spec } from '../support/page/context.js' */

const WINDOW_MS = 33;

/** C1: at 1,000 deltas a second, at most one save and one notification per window. @type {Spec} */
export async function C1_oneSaveAndOneNotificationPerWindow({ open }) {
  const store = await open({ windowMs: WINDOW_MS });
  const { draft } = await startReply(store);
  const other = await store.messages.create(draft.message.sessionId, { role: 'assistant' });
  let heard = '';
  store.subscribe((events) => {
    for (const event of events) if (event.type === 'updated' && event.message.id === draft.id) heard = textOf(event.message);
  });
  const before = await store.stats();
  const start = performance.now();
  let text = '';
  // 2,000 deltas, as many as are due each time the page gets to run.
  for (let written = 0; written < 2000;) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    for (; written < Math.min(2000, performance.now() - start); written++) {
      const delta = ['token ', '😀', 'größer ', '漢'][written % 4] ?? '';
      text += delta;
      draft.appendText(delta);
      other.appendText('x');
    }
  }
  await store.flushAll();
  const windows = Math.ceil((performance.now() - start) / WINDOW_MS) + 1;
  const after = await store.stats();
  const [saves, notifications] = [after.commits - before.commits, after.notifications - before.notifications];
  ok(saves <= windows, `${saves} saves in ${windows} windows`);
  ok(notifications <= windows, `${notifications} notifications in ${windows} windows`);
  ok(notifications > 10, `the page heard of it while it went on (${notifications} notifications)`);
  equal(heard, text, 'heard to the last character:');
  equal(textOf(await store.messages.get(draft.id, { committed: true })), text);
  await draft.finish();
  await other.finish();
}
