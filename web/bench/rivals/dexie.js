// Dexie, as its users keep a chat: the message is put whole at every save.
import Dexie from '/npm/dexie/dist/modern/dexie.mjs';

const PARTS = (text) => [{ type: 'text', data: { text } }];

function open(name) {
  const db = new Dexie(`dexie-${name}`);
  db.version(1).stores({ messages: 'id, [sessionId+createdAt]' });
  return db;
}

export const scenarios = {
  async rewrite({ name, saves, deltas }) {
    const db = open(name);
    await db.open();
    const text = deltas.join('');
    let written = '';
    const began = performance.now();
    for (let save = 0; save < saves; save += 1) {
      written += text;
      await db.messages.put({ id: 'reply', sessionId: 'session', createdAt: 1, parts: PARTS(written) });
    }
    const tookMs = performance.now() - began;
    const stored = await db.messages.get('reply');
    db.close();
    return { tookMs, exact: stored.parts[0].data.text === text.repeat(saves) };
  },

  async fill({ name, messages, text }) {
    const db = open(name);
    await db.messages.bulkAdd(messages.map(([id, sessionId], createdAt) => ({ id, sessionId, createdAt, parts: PARTS(text) })));
    db.close();
  },

  async list({ name, newest, limit, whole }, _, reached) {
    const db = open(name);
    const inSession = (id) => db.messages.where('[sessionId+createdAt]').between([id, Dexie.minKey], [id, Dexie.maxKey]);
    reached('newest', (await inSession(newest).reverse().limit(limit).toArray()).reverse());
    reached('whole', await inSession(whole).toArray());
    db.close();
  },
};
