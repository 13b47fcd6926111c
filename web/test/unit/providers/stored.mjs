// @ts-check
/** Stored messages for the tests of `toProviderMessages`, and random histories. */

/** @import { FinishReason, Message, Part, Role, ToolCallPart, ToolResultPart } from '../../../dist/index.js' */

let count = 0;

/** @param {Role} role @param {Part[]} parts @param {FinishReason | undefined} [reason] undefined: not finished @returns {Message} */
export function stored(role, parts, reason = 'end_turn') {
  const id = `message-${++count}`;
  const finish = reason && role === 'assistant' ? [/** @type {Part} */ ({ type: 'finish', reason, time: 2 })] : [];
  return {
    id, sessionId: 's', role, parts: [...parts, ...finish], isSummary: false, createdAt: 1, updatedAt: 2, version: 1,
    ...(reason && { finishedAt: 2 }),
  };
}

/** @param {string} text @returns {Part} */
export const text = (text) => ({ type: 'text', text });
/** @param {string} id @param {Partial<ToolCallPart>} [fields] @returns {ToolCallPart} */
export const call = (id, fields) => ({ type: 'tool_call', id, name: 'get', input: '{"q":1}', finished: true, ...fields });
/** @param {string} toolCallId @param {string} content @param {Partial<ToolResultPart>} [fields] @returns {ToolResultPart} */
export const result = (toolCallId, content, fields) => ({ type: 'tool_result', toolCallId, name: 'get', content, ...fields });

/** The same numbers for the same seed. @param {number} seed */
export function randomOf(seed) {
  let state = seed * 2654435761 >>> 0;
  const next = () => {
    state = state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
  return {
    /** @param {number} limit */
    below: (limit) => Math.floor(next() * limit),
    /** @param {number} chance */
    is: (chance) => next() < chance,
    /** @template T @param {readonly T[]} of @returns {T} */
    one: (of) => /** @type {T} */ (of[Math.floor(next() * of.length)]),
  };
}

const PIXEL = 'iVBORw0KGgo=';
const FILES = /** @type {Part[]} */ ([
  { type: 'file', mediaType: 'image/png', name: 'a.png', url: 'https://example.com/a.png' },
  { type: 'file', mediaType: 'application/pdf', name: 'b.pdf', url: `data:application/pdf;base64,${PIXEL}` },
  { type: 'file', mediaType: 'application/pdf', url: 'https://example.com/b.pdf' },
  { type: 'file', mediaType: 'text/plain', name: 'c.txt', url: 'data:text/plain,gr%C3%BCn' },
  { type: 'file', mediaType: 'text/plain', name: 'blank.txt', url: 'data:,' },
  { type: 'file', mediaType: 'image/svg+xml', url: 'data:image/svg+xml,<svg/>' },
  { type: 'file', mediaType: 'video/mp4', name: 'd.mp4', blob: 'unknown' },
  { type: 'file', mediaType: 'image/png', blob: 'known' },
  { type: 'file', mediaType: 'image/png', url: 'blob:https://example.com/1' },
  { type: 'file', mediaType: 'image/png', url: 'https://' },
  { type: 'binary', mimeType: 'image/jpeg', data: new Uint8Array([1, 2, 255]), path: '/tmp/e.jpg' },
  { type: 'binary', mimeType: 'audio/wav', data: new Uint8Array(3) },
  { type: 'image_url', url: `data:image/gif;base64,${PIXEL}`, detail: 'high' },
  { type: 'image_url', url: 'nonsense' },
  { type: 'shell_command', command: 'ls', output: 'x', exitCode: 1 },
]);
export const BLOBS = new Map([['known', `data:image/png;base64,${PIXEL}`]]);

const CUSTOM = /** @type {Part[]} */ ([
  { type: 'custom', name: 'usage', data: { inputTokens: 1, outputTokens: 2 } },
  { type: 'custom', name: 'source', data: { url: 'https://example.com' } },
  { type: 'custom', name: 'source', data: { type: 'url_citation', url_citation: { url: 'https://example.com', title: 'T' } } },
  { type: 'custom', name: 'source', data: { type: 'source-document', sourceId: '1', mediaType: 'text/plain', title: 'T' } },
  { type: 'custom', name: 'source', data: 'odd' },
  { type: 'custom', name: 'data-weather', id: 'w', data: { celsius: 8 } },
  { type: 'custom', name: 'redacted_reasoning', data: { type: 'redacted_thinking', data: 'AAAA' } },
  { type: 'custom', name: 'redacted_reasoning', data: { reasoning_opaque: 'BBBB' } },
  { type: 'custom', name: 'redacted_reasoning', data: { type: 'reasoning.encrypted', data: 'CCCC' } },
  { type: 'custom', name: 'provider_extra', data: { extra_content: { google: { thought_signature: 'D' } } } },
  { type: 'custom', name: 'audio', data: { id: 'audio_1', data: [] } },
  { type: 'custom', name: 'step-start', data: null },
  { type: 'custom', name: 'odd', data: null },
]);

/**
 * A random history, as a provider, an application and interruptions may leave it, and the words that each format must keep.
 * @param {number} seed
 */
export function randomHistory(seed) {
  const random = randomOf(seed);
  /** Calls whose result has not come. @type {Map<string, string>} */
  const open = new Map();
  let serial = 0;
  const word = () => `w${seed}x${++serial}z`;
  const words = () => random.one([word(), `${word()} ${word()}\n`, `\n\n${word()} 水車 🌊`, ' ', '\n\n', '']);
  const SHAPES = /** @type {const} */ (['call_0', 'toolu_1', 'fc.odd:id', `chatcmpl-tool-${'a'.repeat(32)}`, 'call_1', '', 'srvtoolu_1', 'ws_1']);

  /** @returns {Part} */
  const newCall = () => {
    const id = random.one(SHAPES);
    const w = word();
    const input = random.one([`{"q":"${w}"}`, `{"q":"${w}`, `["${w}"]`, `"${w}"`, '', '12', w]);
    const own = random.is(0.3);
    const item = id === 'ws_1' ? { type: 'web_search_call', id: `ws_${w}`, status: random.one(['completed', 'in_progress']), action: { query: w } } : { type: 'server_tool_use' };
    open.set(id, random.one(['get', 'web_search', 'mcp.odd name', '']));
    return call(id, {
      name: open.get(id) ?? '', input, finished: random.is(0.8), ...(own && { providerExecuted: true }),
      ...(random.is(0.3) && { approval: random.one([{ id: 'a' }, { id: 'a', approved: true }, { id: 'a', approved: false, reason: 'No.' }]) }),
      ...(random.is(0.5) && { extra: random.one([{ extra_content: { google: { thought_signature: 'S' } } }, { item_id: `fc_${w}` }, { item_id: `ctc_${w}` }, { item, query: w }, { providerMetadata: { google: { s: 'T' } } }, { dynamic: true }]) }),
    });
  };
  /** @returns {Part[]} */
  const newResult = () => {
    const id = random.is(0.1) ? 'stray' : random.one([...open.keys(), 'stray']);
    const preliminary = random.is(0.2);
    const content = preliminary ? 'soon' : random.one([word(), '', `{"a":"${word()}"}`]);
    const part = result(id, content, {
      name: open.get(id) ?? '', ...(random.is(0.2) && { isError: true }), ...(preliminary && { preliminary }),
      ...(random.is(0.2) && { data: PIXEL, mimeType: random.one(['image/png', 'application/pdf', 'audio/wav']) }),
      ...(id === 'srvtoolu_1' && random.is(0.7) && { extra: { item: { type: 'web_search_tool_result', tool_use_id: id, content: [{ title: content }] } } }),
      ...(id === 'ws_1' && random.is(0.7) && { extra: { item: { type: 'web_search_call', id: `ws_${word()}`, status: 'completed', results: [content] } } }),
    });
    if (!preliminary) open.delete(id);
    return [part];
  };
  /** @returns {Part[]} */
  const assistantParts = () => random.one([
    () => [{ ...text(words()), ...(random.is(0.3) && { id: random.one([`msg_${word()}`, 'msg_same', 'msg_same/1', 't1']) }) }],
    () => [{ ...text(words()), ...(random.is(0.2) && { refusal: true }) }],
    () => [/** @type {Part} */ ({
      type: 'reasoning', text: random.one(['thought', '']), ...(random.is(0.6) && { signature: random.one(['SIG', '{"anthropic":{"signature":"x"}}', '[]']) }),
      ...(random.is(0.5) && { id: random.one([`rs_${word()}`, 'rs_same', 'rs_same/1', 'r1']) }),
    })],
    () => [/** @type {Part} */ ({ type: 'custom', name: 'redacted_reasoning', data: { type: 'reasoning', id: `rs_${word()}`, encrypted_content: 'E', summary: [], status: null } })],
    () => [newCall()], () => [newCall(), newCall()], () => [newCall()], newResult, newResult,
    () => [random.one(CUSTOM)], () => [random.one(FILES)],
  ])();
  const otherParts = () => random.one([() => [text(words())], () => [text(words())], newResult, newResult, () => [random.one(FILES)], () => [random.one(CUSTOM)], () => [call('in_user')]])();
  /** @param {() => Part[]} parts @param {number} most */
  const several = (parts, most) => Array.from({ length: random.below(most) }, parts).flat().map((part) => ({ ...part }));

  const messages = Array.from({ length: 1 + random.below(8) }, () => {
    const role = random.one(/** @type {const} */ (['user', 'assistant', 'assistant', 'assistant', 'tool', 'tool', 'system']));
    const reason = random.one(/** @type {const} */ (['end_turn', 'tool_use', 'canceled', 'error', 'interrupted', 'max_tokens', undefined]));
    return stored(role, role === 'assistant' ? several(assistantParts, 7) : several(otherParts, 4), reason);
  });
  return messages;
}

/** The history as each interruption would have left it: cut after each part, and in the middle of its text. @param {Message[]} messages */
export function* interruptionsOf(messages) {
  for (const [index, message] of messages.entries()) {
    for (const [at, part] of message.parts.entries()) {
      const before = messages.slice(0, index);
      const kept = message.parts.slice(0, at);
      yield [...before, { ...message, parts: kept }];
      const half = part.type === 'tool_call' ? { ...part, input: part.input.slice(0, part.input.length / 2), finished: false }
        : part.type === 'text' || part.type === 'reasoning' ? { ...part, text: part.text.slice(0, part.text.length / 2) } : part;
      yield [...before, { ...message, parts: [...kept, half] }];
    }
  }
}

/** The words that every format must keep. @param {readonly Message[]} messages @param {(message: Message) => boolean} [counts] */
export function wordsIn(messages, counts = () => true) {
  return messages.filter(counts).flatMap(({ parts }) => parts.flatMap((part) => {
    const said = part.type === 'text' ? part.text : part.type === 'tool_result' && !part.preliminary ? part.content : '';
    return said.match(/w\d+x\d+z/g) ?? [];
  }));
}
