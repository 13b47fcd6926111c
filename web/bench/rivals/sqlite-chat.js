// A chat in SQLite as its users write it by hand, the same for each build of it: one table of
// messages whose parts are JSON, prepared statements, WAL, one connection that owns the file.

const SETTINGS = [
  'PRAGMA locking_mode=exclusive',
  'PRAGMA journal_mode=WAL',
  'PRAGMA synchronous=NORMAL',
];
const TABLES = [
  'CREATE TABLE IF NOT EXISTS messages(id TEXT PRIMARY KEY, session_id TEXT NOT NULL, created_at INTEGER NOT NULL, parts TEXT NOT NULL)',
  'CREATE INDEX IF NOT EXISTS messages_by_session ON messages(session_id, created_at)',
  'CREATE TABLE IF NOT EXISTS deltas(id INTEGER PRIMARY KEY, message_id TEXT NOT NULL, text TEXT NOT NULL)',
];
const PARTS = (text) => JSON.stringify([{ type: 'text', data: { text } }]);

async function start(open, name) {
  const db = await open(name);
  for (const setting of SETTINGS) await db.rows(setting);
  for (const table of TABLES) await db.run(table);
  return db;
}

/** The row is written whole at every save. */
async function rewrite(db, { saves, text }) {
  let written = '';
  for (let save = 0; save < saves; save += 1) {
    written += text;
    await db.run('UPDATE messages SET parts = ? WHERE id = ?', [PARTS(written), 'reply']);
  }
}

/** What a clever user does: a row for each delta, folded into the message at the end. */
async function deltaRows(db, { saves, deltas }) {
  for (let save = 0; save < saves; save += 1) {
    await db.run('BEGIN');
    for (const delta of deltas) await db.run('INSERT INTO deltas(message_id, text) VALUES(?, ?)', ['reply', delta]);
    await db.run('COMMIT');
  }
  await db.run('BEGIN');
  const rows = await db.rows('SELECT text FROM deltas WHERE message_id = ? ORDER BY id', ['reply']);
  await db.run('UPDATE messages SET parts = ? WHERE id = ?', [PARTS(rows.map(([text]) => text).join('')), 'reply']);
  await db.run('DELETE FROM deltas WHERE message_id = ?', ['reply']);
  await db.run('COMMIT');
}

export function scenariosOf(open) {
  const reply = (save) => async ({ name, saves, deltas }, bytesWritten) => {
    const db = await start(open, name);
    await db.run('INSERT INTO messages VALUES(?, ?, ?, ?)', ['reply', 'session', 1, PARTS('')]);
    const before = bytesWritten();
    const began = performance.now();
    await save(db, { saves, deltas, text: deltas.join('') });
    const tookMs = performance.now() - began;
    const written = bytesWritten() - before;
    const [[stored]] = await db.rows('SELECT parts FROM messages WHERE id = ?', ['reply']);
    await db.close();
    return { tookMs, bytesWritten: written, exact: JSON.parse(stored)[0].data.text === deltas.join('').repeat(saves) };
  };
  return {
    rewrite: reply(rewrite),
    deltaRows: reply(deltaRows),
    async fill({ name, messages, text }) {
      const db = await start(open, name);
      await db.run('BEGIN');
      for (const [index, [id, session]] of messages.entries()) {
        await db.run('INSERT INTO messages VALUES(?, ?, ?, ?)', [id, session, index, PARTS(text)]);
      }
      await db.run('COMMIT');
      await db.close();
    },

    /** The newest of one session, and then another session whole. `reached` is called with each as it comes. */
    async list({ name, newest, limit, whole }, _, reached) {
      const db = await start(open, name);
      const read = async (session, count, order) => {
        const rows = await db.rows(
          `SELECT id, created_at, parts FROM messages WHERE session_id = ? ORDER BY created_at ${order} LIMIT ?`, [session, count]);
        return rows.map(([id, createdAt, parts]) => ({ id, createdAt, parts: JSON.parse(parts) }));
      };
      reached('newest', (await read(newest, limit, 'DESC')).reverse());
      reached('whole', await read(whole, -1, 'ASC'));
      await db.close();
    },
  };
}
