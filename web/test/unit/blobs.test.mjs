// @ts-check
/**
 * D5: a cut at every step that putting, naming, unnaming and collecting a blob takes on the disk.
 *
 * The blobs and their files are the package's own, on a disk that stops working after so many steps. When the process dies, what was
 * written stays; when the power goes, what was not synced is zeros, of the length that was written. The database is a list: what it
 * commits is tested natively (native-tests/messages/blobs_test.cc). test/blob-kills.test.mjs kills real browsers.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { Blobs } from '../../dist/worker/blobs/blobs.js';
import { OpfsBlobs } from '../../dist/worker/blobs/opfs-blobs.js';
import { OwnCalls } from '../../dist/worker/own-calls.js';

const HOUR = 3_600_000;

class Cut extends Error {}

/** A folder of files whose every step may be the last one. */
class Disk {
  /** `synced`: what of it outlives the power. @type {Map<string, { bytes: Uint8Array; synced: Uint8Array; at: number }>} */
  files = new Map();
  /** @type {Set<string>} */
  open = new Set();
  steps = 0;
  cutAt = Infinity;
  moves = true;

  step() {
    if (++this.steps >= this.cutAt) throw new Cut('the process is gone');
  }

  /** After the cut: the handles are closed, and steps are possible again. @param {boolean} power it went too */
  restart(power) {
    this.open.clear();
    this.cutAt = Infinity;
    if (!power) return;
    for (const file of this.files.values()) {
      const { length } = file.bytes;
      file.bytes = new Uint8Array(length);
      file.bytes.set(file.synced.subarray(0, length));
    }
  }

  get folder() {
    const missing = () => new DOMException('There is no such file', 'NotFoundError');
    return /** @type {FileSystemDirectoryHandle} */ (/** @type {unknown} */ ({
      getFileHandle: async (/** @type {string} */ name, /** @type {{ create?: boolean }} */ { create = false } = {}) => {
        this.step();
        if (!this.files.has(name)) {
          if (!create) throw missing();
          this.files.set(name, { bytes: new Uint8Array(0), synced: new Uint8Array(0), at: this.now });
        }
        return this.#file(name);
      },
      removeEntry: async (/** @type {string} */ name) => {
        this.step();
        if (this.open.has(name)) throw new DOMException('It is open', 'NoModificationAllowedError');
        if (!this.files.delete(name)) throw missing();
      },
      [Symbol.asyncIterator]: () => {
        const names = [...this.files.keys()].map((name) => [name, this.#file(name)]);
        return { next: async () => { const value = names.shift(); return { done: !value, value }; } };
      },
    }));
  }

  now = 0;

  /** @param {string} name */
  #file(name) {
    const found = () => {
      const file = this.files.get(name);
      if (!file) throw new DOMException('There is no such file', 'NotFoundError');
      return file;
    };
    return {
      getFile: async () => {
        const { bytes, at } = found();
        return Object.assign(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)]), { lastModified: at });
      },
      createSyncAccessHandle: async () => {
        this.step();
        this.open.add(name);
        return {
          write: (/** @type {Uint8Array} */ from, /** @type {{ at: number }} */ { at }) => {
            this.step();
            const file = found();
            const bytes = new Uint8Array(Math.max(file.bytes.length, at + from.length));
            bytes.set(file.bytes);
            bytes.set(from, at);
            file.bytes = bytes;
            return from.length;
          },
          flush: () => {
            this.step();
            found().synced = found().bytes;
          },
          close: () => this.open.delete(name),
        };
      },
      ...(this.moves && {
        move: async (/** @type {string} */ to) => {
          this.step();
          this.files.set(to, found());
          this.files.delete(name);
        },
      }),
    };
  }
}

/** What the core does, as far as blobs go: what is known, and since when nobody has named it. */
class Database {
  /** @type {Map<string, { size: number; mediaType: string; since: number }>} */
  blobs = new Map();
  /** @type {Set<string>} */
  named = new Set();

  /** @param {Disk} disk @param {any} message */
  answer(disk, { method, args: [given] }) {
    if (method === 'blobInfo') {
      const blob = this.blobs.get(given);
      return blob && { id: given, size: blob.size, mediaType: blob.mediaType, createdAt: 0 };
    }
    disk.step();
    if (method === 'addBlob') return void this.blobs.set(given.id, { ...given, since: disk.now });
    const removed = [...this.blobs].filter(([id, { since }]) => !this.named.has(id) && since <= disk.now - HOUR).map(([id]) => id);
    for (const id of removed) this.blobs.delete(id);
    return { removed, next: '' };
  }
}

/** One life of a Worker: until the cut, or to the end. @param {Disk} disk @param {Database} database */
function life(disk, database) {
  /** @type {Map<number, (message: any) => void>} */
  const waiting = new Map();
  /** @type {(() => void)[]} */
  const timers = [];
  const own = new OwnCalls((message) => {
    const { id } = /** @type {{ id: number }} */ (message);
    queueMicrotask(() => {
      try {
        own.heard({ type: 'reply', id, value: database.answer(disk, message) });
      } catch (error) {
        own.heard({ type: 'reply', id, error: { code: 'io', message: String(error) } });
      }
    });
  });
  const blobs = new Blobs({
    files: () => new OpfsBlobs('store', async () => disk.folder),
    load: async () => /** @type {any} */ ({
      openHash() {
        const hash = createHash('sha256');
        return { update: (/** @type {Uint8Array} */ bytes) => void hash.update(bytes), digest: () => hash.digest('hex'), delete() {} };
      },
    }),
    holdExport: async () => () => undefined,
    holdCollection: async () => () => undefined,
    locked: (step) => step(),
    tell: (message) => waiting.get(/** @type {{ id: number }} */ (message).id)?.(message),
    after: (_ms, callback) => { timers.push(callback); return () => undefined; },
  }, own);
  let id = 0;
  /** @param {any} request @returns {Promise<any>} */
  const ask = (request) => new Promise((resolve) => {
    waiting.set(++id, resolve);
    assert.ok(blobs.take({ ...request, id }));
  });
  return {
    put: (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => ask({ type: 'put-blob', source: new Blob([bytes]), mediaType: 'a/b' }),
    get: (/** @type {string} */ blob) => ask({ type: 'get-blob', blob }),
    /** Resolves when the collection is over, whether it succeeded or not. */
    async collect() {
      blobs.collectFromNowOn(1);
      const count = timers.length;
      timers.at(-1)?.();
      while (timers.length === count) await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Every blob that the database knows is there, whole. @param {Disk} disk @param {Database} database */
function assertWhole(disk, database) {
  for (const [id, { size }] of database.blobs) {
    const file = disk.files.get(id);
    assert.ok(file, `the content of ${id} is there`);
    assert.equal(file.bytes.length, size);
    assert.equal(createHash('sha256').update(file.bytes).digest('hex'), id);
  }
}

for (const [moves, power] of /** @type {const} */ ([[true, false], [true, true], [false, false], [false, true]])) {
  test(`D5_ a cut of the ${power ? 'power' : 'process'} at every step leaves no half blob and leaks nothing after the hour, ${moves ? 'renaming' : 'copying'}`, async () => {
    const kept = new Uint8Array(2_500_000).fill(1);
    const dropped = new Uint8Array(10).fill(2);
    for (let cutAt = 1, done = false; !done; cutAt++) {
      const disk = new Disk();
      const database = new Database();
      disk.moves = moves;
      disk.cutAt = cutAt;
      try {
        const first = life(disk, database);
        const one = await first.put(kept);
        const other = await first.put(dropped);
        if (one.value) database.named.add(one.value.id);
        await first.put(kept);
        disk.now += HOUR;
        await first.collect();
        done = Boolean(one.value && other.value) && disk.steps < cutAt;
      } finally {
        disk.restart(power);
      }
      assertWhole(disk, database);
      for (const id of database.named) assert.ok(database.blobs.has(id), `cut ${cutAt}: what is named is there`);

      // The next life puts the same again, and finds all of it.
      const next = life(disk, database);
      const { value, error } = await next.put(kept);
      assert.equal(error, undefined, `cut ${cutAt}`);
      assert.equal((await (await next.get(value.id)).value.arrayBuffer()).byteLength, kept.length);
      assertWhole(disk, database);
      database.named = new Set([value.id]);
      disk.now += 2 * HOUR;
      for (const file of disk.files.values()) file.at = -Infinity;
      await next.collect();
      await next.collect();
      assert.deepEqual([...disk.files.keys()], [value.id], `cut ${cutAt}: nothing is left over`);
      assertWhole(disk, database);
      assert.ok(cutAt < 200);
    }
  });
}
