// @ts-check
/**
 * The page that is going to be killed: it puts blobs, names them in messages and deletes some of those, for ever, and tells the
 * server what was acknowledged.
 */
import { passHours } from '../support/page/hours.js';
import { randomFrom } from '../support/page/random.js';
import { contentOf } from './blob-content.js';
import { startTelling } from './telling.js';

/** @import { BlobInfo, FilePart, Store } from '../../dist/index.js' */
/** @import { Recipe } from './blob-content.js' */
/** @import { BlobFact } from './blob-ledger.mjs' */

const MEDIA_TYPE = 'application/octet-stream';
const SMALLEST = 1000;
const LARGEST_TIMES = 3000;

/**
 * Of one round. `deletable`: messages of the session that are there still. `recipes`: of all that was ever put.
 * @typedef {{
 *   store: Store; session: string; below: (limit: number) => number; tell: (fact: BlobFact) => void; received: () => Promise<void>;
 *   deletable: string[]; recipes: Recipe[];
 * }} Writing
 */

/** Resolves once something is acknowledged; the writing goes on. @param {Store} store @param {{ session: string; old: string | undefined; seed: number }} round */
export async function startWriting(store, { session, old, seed }) {
  const telling = startTelling(new URL(`/provider/tell-blobs?session=${session}`, location.href).href);
  const { tell, received } = /** @type {ReturnType<typeof startTelling<BlobFact>>} */ (telling);
  const writing = { store, session, tell, received, below: randomFrom(seed), deletable: [], recipes: [] };
  if (old !== undefined) await store.sessions.delete(old);
  await store.sessions.create({ id: session, title: session });
  await nameInMessage(writing);
  act(writing).catch((error) => tell({ failed: String(error) }));
}

/** @param {Writing} writing */
async function act(writing) {
  for (;;) await ACTS[writing.below(ACTS.length)]?.(writing);
}

/** Now and then what was put before. @param {Writing} writing @returns {Recipe} */
function chooseRecipe({ below, recipes }) {
  const again = recipes[below(4 * recipes.length + 1)];
  if (again) return again;
  const recipe = { seed: below(1_000_000), size: Math.round(SMALLEST * LARGEST_TIMES ** (below(1000) / 1000)) };
  recipes.push(recipe);
  return recipe;
}

/** @param {Writing} writing @returns {Promise<BlobInfo>} */
async function put(writing) {
  const recipe = chooseRecipe(writing);
  const bytes = contentOf(recipe);
  const info = await writing.store.blobs.put(writing.below(2) ? bytes : new Blob([bytes]).stream(), { mediaType: MEDIA_TYPE });
  writing.tell({ put: info.id, recipe });
  return info;
}

/** @param {BlobInfo} info @returns {FilePart} */
const partOf = ({ id, size }) => ({ type: 'file', mediaType: MEDIA_TYPE, name: 'a.bin', size, blob: id });

let made = 0;

/** Several at once. @param {Writing} writing */
async function nameInMessage(writing) {
  const { store, session, tell, below, deletable } = writing;
  const infos = await Promise.all(Array.from({ length: 1 + below(3) }, () => put(writing)));
  const id = `${session}-user-${made++}`;
  await store.messages.create(session, { id, role: 'user', parts: infos.map(partOf) });
  deletable.push(id);
  tell({ message: id, names: infos.map((info) => info.id) });
}

/** @param {Writing} writing */
async function nameInDraft(writing) {
  const { store, session, tell, deletable } = writing;
  const id = `${session}-draft-${made++}`;
  const draft = await store.messages.create(session, { id, role: 'assistant' });
  tell({ message: id });
  const info = await put(writing);
  await draft.addPart(partOf(info));
  tell({ message: id, names: [info.id] });
  await draft.finish();
  deletable.push(id);
}

/** Stopped while it is written, or just too late. @param {Writing} writing */
async function putAndAbort({ store, below }) {
  const controller = new AbortController();
  const putting = store.blobs.put(contentOf({ seed: below(1_000_000), size: 1_500_000 }), { signal: controller.signal });
  setTimeout(() => controller.abort(), below(20));
  await putting.catch((error) => { if (error.code !== 'aborted') throw error; });
}

/** @param {Writing} writing */
async function deleteOne({ store, tell, received, below, deletable }) {
  const [id] = deletable.splice(below(deletable.length + 1), 1);
  if (id === undefined) return;
  tell({ message: id, deleted: 'asked' });
  await received();
  await store.messages.delete(id);
  tell({ message: id, deleted: 'done' });
}

/** Then what nobody names is collected, beside what happens next or before it. @param {Writing} writing */
async function letHoursPass({ tell, received, below }) {
  tell({ hours: true });
  await received();
  const { through } = await passHours(2);
  if (below(2)) await through;
}

/** @type {readonly ((writing: Writing) => Promise<unknown>)[]} */
const ACTS = [nameInMessage, nameInMessage, nameInDraft, put, putAndAbort, deleteOne, deleteOne, letHoursPass];
