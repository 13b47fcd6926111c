// @ts-check
/**
 * Exports of ChatGPT and of Claude as they might be: made up, of any size, the same for the same seed. They run in pages too.
 */
import { randomFrom } from './random.js';

/** @typedef {ReturnType<typeof randomFrom>} Random */
/** @typedef {{ turns: number; chars: number }} Measure turns of a conversation, and characters of a reply */

const WORDS = ('water wheel mill race channel leat sluice weir "quoted" back\\slash Grüße κόσμος 水車 🌊 naïve river turbine {brace} [bracket] ' +
  'gate grain stone ledger clock tide pond').split(' ');
const ROOT_OF_CLAUDE = '00000000-0000-4000-8000-000000000000';
const BEGIN = 1_700_000_000;

/** @param {Random} random @param {number} chars */
function prose(random, chars) {
  let text = '';
  while (text.length < chars) text += `${WORDS[random(WORDS.length)]}${random(9) === 0 ? '.\n' : ' '}`;
  return text;
}

/** @param {Random} random */
function uuid(random) {
  // The upper bits: the lower ones come back soon.
  const digits = Array.from({ length: 8 }, () => (random(2 ** 23) >> 7).toString(16).padStart(4, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A conversation with questions that were edited, replies that were made again, a call of a tool. @param {Random} random @param {Measure} measure */
export function chatGPTConversation(random, { turns, chars }) {
  const id = uuid(random);
  let time = BEGIN + random(50_000_000);
  /** @type {Record<string, any>} */
  const mapping = { root: { id: 'root', message: null, parent: null, children: [] } };
  /** @param {string} parent @param {string} role @param {object} content @param {object} [more] */
  const add = (parent, role, content, more = {}) => {
    const node = uuid(random);
    mapping[parent].children.push(node);
    time += 1 + random(90_000) / 1000;
    mapping[node] = { id: node, parent, children: [], message: {
      id: node, author: { role, name: null, metadata: {} }, create_time: random(20) === 0 ? null : time, update_time: null, content,
      status: 'finished_successfully', end_turn: true, weight: 1, recipient: 'all', channel: null, metadata: { request_id: uuid(random) }, ...more,
    } };
    return node;
  };
  const text = (/** @type {number} */ length) => ({ content_type: 'text', parts: [prose(random, length)] });
  const answered = { metadata: { model_slug: 'gpt-4o', finish_details: { type: 'stop', stop_tokens: [200002] }, citations: [] } };
  let at = add('root', 'system', { content_type: 'text', parts: [''] }, { metadata: { is_visually_hidden_from_conversation: true } });
  for (let turn = 0; turn < turns; turn++) {
    const question = add(at, 'user', text(chars / 8));
    if (random(5) === 0) {
      const call = add(question, 'assistant', { content_type: 'code', language: 'python', text: `print(${turn})` }, { recipient: 'python' });
      at = add(call, 'tool', { content_type: 'execution_output', text: `${turn}\n` }, { author: { role: 'tool', name: 'python', metadata: {} } });
      at = add(at, 'assistant', text(chars), answered);
    } else {
      at = add(question, 'assistant', text(chars), answered);
    }
    // Made again: the first or the second one is gone on with.
    if (random(6) === 0) at = [at, add(question, 'assistant', text(chars), answered)][random(2)] ?? at;
  }
  return {
    title: prose(random, 20), create_time: BEGIN, update_time: time, mapping, current_node: at, conversation_id: id, id,
    is_archived: false, default_model_slug: 'gpt-4o', moderation_results: [], plugin_ids: null,
  };
}

/** @param {Random} random @param {Measure} measure */
export function claudeConversation(random, { turns, chars }) {
  let time = (BEGIN + random(50_000_000)) * 1000;
  /** @type {any[]} */
  const messages = [];
  const now = () => new Date(time += 1000 + random(90_000)).toISOString().replace('Z', '123Z');
  /** @param {string} parent @param {'human' | 'assistant'} sender @param {object[]} content */
  const add = (parent, sender, content) => {
    const id = uuid(random);
    const at = now();
    messages.push({
      uuid: id, text: '', content, sender, created_at: at, updated_at: at, parent_message_uuid: parent, files: [],
      attachments: random(30) === 0 ? [{ file_name: 'notes.txt', file_size: 400, file_type: 'txt', extracted_content: prose(random, 400) }] : [],
    });
    return id;
  };
  const text = (/** @type {number} */ length) => ({ start_timestamp: now(), stop_timestamp: now(), type: 'text', text: prose(random, length), citations: [] });
  let at = ROOT_OF_CLAUDE;
  for (let turn = 0; turn < turns; turn++) {
    const question = add(at, 'human', [text(chars / 8)]);
    const call = `toolu_${turn}`;
    const used = random(5) > 0 ? [] : [
      { type: 'thinking', thinking: prose(random, chars / 4), start_timestamp: now(), stop_timestamp: now() },
      { type: 'tool_use', id: call, name: 'web_search', input: { query: prose(random, 20) } },
      { type: 'tool_result', tool_use_id: call, name: 'web_search', content: [{ type: 'text', text: prose(random, 200) }], is_error: false },
    ];
    at = add(question, 'assistant', [...used, text(chars)]);
    if (random(6) === 0) at = [at, add(question, 'assistant', [text(chars)])][random(2)] ?? at;
  }
  return { uuid: uuid(random), name: prose(random, 20), created_at: new Date(BEGIN * 1000).toISOString(), updated_at: now(),
    account: { uuid: 'account' }, chat_messages: messages, current_leaf_message_uuid: at };
}

const MAKERS = { chatgpt: chatGPTConversation, claude: claudeConversation };

/**
 * The text of an export in pieces, of at least that many characters. Most conversations are short, and some are long.
 * @param {keyof typeof MAKERS} app @param {number} characters @param {number} [seed]
 */
export function* exportPieces(app, characters, seed = 1) {
  const random = randomFrom(seed);
  let written = 0;
  yield '[';
  for (let n = 0; written < characters; n++) {
    const long = n % 20 === 7;
    const piece = (n > 0 ? ',\n' : '') + JSON.stringify(MAKERS[app](random, { turns: long ? 60 : 2 + random(10), chars: 400 + random(2400) }));
    written += piece.length;
    yield piece;
  }
  yield ']';
}

/** A small export, as a list of conversations. @param {keyof typeof MAKERS} app @param {number} count @param {number} [seed] @returns {any[]} */
export function smallExport(app, count, seed = 1) {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => MAKERS[app](random, { turns: 1 + random(4), chars: 40 }));
}
