// The page of react.mjs: a conversation of many messages, shown in two ways, with the renders of each part counted.
import { MillraceProvider, useConversation, useMessage, useMessageIds } from 'millrace/react';
import { openStore } from 'millrace';
import { createElement, memo } from 'react';
import { createRoot } from 'react-dom/client';

const renders = { list: 0, reply: 0, others: 0 };
let replyId;

const textOf = (message) => (message?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');

function count(id) {
  renders[id === replyId ? 'reply' : 'others'] += 1;
}

function RowById({ id }) {
  count(id);
  return createElement('p', null, textOf(useMessage(id).message).slice(-80));
}

function ListOfIds({ sessionId, limit }) {
  renders.list += 1;
  return useMessageIds(sessionId, { limit }).ids.map((id) => createElement(RowById, { key: id, id }));
}

const Row = memo(function Row({ message }) {
  count(message.id);
  return createElement('p', null, textOf(message).slice(-80));
});

function ListOfMessages({ sessionId, limit }) {
  renders.list += 1;
  return useConversation(sessionId, { limit }).messages.map((message) => createElement(Row, { key: message.id, message }));
}

/** Makes the store and shows its conversation: 'ids', 'messages', or not at all. Resolves when it is on the screen. */
export async function prepare(shown, count) {
  const store = await openStore({ name: 'react', storage: 'opfs' });
  const { id } = await store.sessions.create();
  for (let n = 0; n < count; n += 250) {
    await Promise.all(Array.from({ length: 250 }, (_, index) => store.messages.create(id, { role: 'user', parts: [{ type: 'text', text: `Message ${n + index}` }] })));
  }
  store.subscribe(() => undefined);
  const list = { ids: ListOfIds, messages: ListOfMessages }[shown];
  if (list) {
    const root = document.createElement('main');
    document.body.append(root);
    createRoot(root).render(createElement(MillraceProvider, { store }, createElement(list, { sessionId: id, limit: count })));
    while (document.querySelectorAll('p').length < count) await new Promise((resolve) => setTimeout(resolve, 10));
  }
  Object.assign(globalThis, { store, session: id });
}

export async function ingest(url) {
  const run = await globalThis.store.ingest(globalThis.session, { url }, { format: 'openai-chat' });
  replyId = run.messageId;
}

/** Renders since the last call. */
export function rendersSince() {
  const since = { ...renders };
  Object.assign(renders, { list: 0, reply: 0, others: 0 });
  return since;
}
