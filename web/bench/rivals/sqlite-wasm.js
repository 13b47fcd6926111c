// The official SQLite build on its pool of access handles, in WAL mode.
import sqlite3InitModule from '/npm/@sqlite.org/sqlite-wasm/dist/index.mjs';

export async function open(name) {
  const sqlite3 = await sqlite3InitModule({ print: () => {}, printErr: () => {} });
  const pool = await sqlite3.installOpfsSAHPoolVfs({ name: `sahpool-${name}`, directory: `/sqlite-wasm-${name}` });
  const db = new pool.OpfsSAHPoolDb(`/${name}.db`);
  const statements = new Map();
  const prepared = (sql) => {
    if (!statements.has(sql)) statements.set(sql, db.prepare(sql));
    return statements.get(sql);
  };
  return {
    async run(sql, values = []) {
      const statement = prepared(sql);
      if (values.length > 0) statement.bind(values);
      statement.step();
      statement.reset();
    },
    async rows(sql, values = []) {
      const statement = prepared(sql);
      if (values.length > 0) statement.bind(values);
      const rows = [];
      while (statement.step()) rows.push(statement.get([]));
      statement.reset();
      return rows;
    },
    async close() {
      for (const statement of statements.values()) statement.finalize();
      db.close();
    },
  };
}
