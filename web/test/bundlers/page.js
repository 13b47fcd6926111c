// What every application does in its page. It writes into #shown what EXPECTED in driver.mjs says.
import { MillraceError, openStore } from 'millrace';

export async function run() {
  const shown = document.createElement('p');
  shown.id = 'shown';
  try {
    shown.textContent = await use();
  } catch (error) {
    shown.textContent = `failed: ${error instanceof Error ? error.message : error}`;
  }
  document.body.append(shown);
}

async function use() {
  const store = await openStore({ name: 'bundled' });
  const session = await store.sessions.create({ title: 'Bundled' });
  const stream = 'data: {"choices":[{"delta":{"content":"Works"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
  const reply = await store.ingest(session.id, new Response(stream), { format: 'openai-chat' });
  await reply.done;
  const [message] = await store.messages.list(session.id);
  const missing = await store.messages.open('nobody').catch((error) => error instanceof MillraceError && error.code);
  await store.close();
  return [store.storage, message.parts[0].text, missing].join(' | ');
}
