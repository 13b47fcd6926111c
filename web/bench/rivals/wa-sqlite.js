// wa-sqlite on its pool of access handles, in WAL mode.
import createModule from '/npm/@journeyapps/wa-sqlite/dist/wa-sqlite.mjs';
import { AccessHandlePoolVFS } from '/npm/@journeyapps/wa-sqlite/src/examples/AccessHandlePoolVFS.js';
import * as SQLite from '/npm/@journeyapps/wa-sqlite/src/sqlite-api.js';

export async function open(name) {
  const module = await createModule();
  const sqlite3 = SQLite.Factory(module);
  const vfs = await AccessHandlePoolVFS.create(`/wa-sqlite-${name}`, module);
  sqlite3.vfs_register(vfs, true);
  const db = await sqlite3.open_v2(`${name}.db`);
  const statements = new Map();
  const prepared = async (sql) => {
    if (!statements.has(sql)) {
      for await (const statement of sqlite3.statements(db, sql, { unscoped: true })) statements.set(sql, statement);
    }
    return statements.get(sql);
  };
  return {
    async run(sql, values = []) {
      const statement = await prepared(sql);
      sqlite3.bind_collection(statement, values);
      await sqlite3.step(statement);
      await sqlite3.reset(statement);
    },
    async rows(sql, values = []) {
      const statement = await prepared(sql);
      sqlite3.bind_collection(statement, values);
      const rows = [];
      while (await sqlite3.step(statement) === SQLite.SQLITE_ROW) rows.push(sqlite3.row(statement));
      await sqlite3.reset(statement);
      return rows;
    },
    async close() {
      for (const statement of statements.values()) await sqlite3.finalize(statement);
      await sqlite3.close(db);
      await vfs.close();
    },
  };
}
