// @ts-check
/** What the providers publish about histories that they accept, as checks. Each throws where a history breaks a rule. */
import assert from 'node:assert/strict';

/** @import { AnthropicBlock, AnthropicMessage, ChatMessage, ResponsesItem } from '../../../dist/providers/index.js' */

/** @param {string} text */
const says = (text) => assert.ok(text.trim() !== '', 'text is not blank');
/** @param {string} url */
const reachable = (url) => assert.match(url, /^(https?:\/\/\w|data:[\w.+/*-]+;base64,)/);
/** @param {string[]} ids */
const unique = (ids) => assert.equal(new Set(ids).size, ids.length, `ids are unique: ${ids}`);

/** @param {ChatMessage[]} messages */
export function chatAccepts(messages) {
  /** @type {string[]} */
  let due = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      assert.equal(message.tool_call_id, due.shift(), 'results follow their calls, in their order');
      assert.equal(typeof message.content, 'string');
      continue;
    }
    assert.deepEqual(due, [], 'every call has a result before the next message');
    if (message.role === 'assistant') {
      due = (message.tool_calls ?? []).map(({ id }) => id);
      assert.ok(message.content !== null || message.refusal || due.length > 0, 'it says something');
      if (message.content !== null) says(message.content);
      for (const { id, function: { name, arguments: input } } of message.tool_calls ?? []) {
        assert.ok(id.length > 0 && id.length <= 40 && name !== '');
        JSON.parse(input);
      }
    } else if (typeof message.content === 'string') says(message.content);
    else {
      assert.ok(message.content.length > 0);
      for (const part of message.content) {
        if (part.type === 'text') says(part.text);
        if (part.type === 'image_url') reachable(part.image_url.url);
        if (part.type === 'file') assert.match(part.file.file_data, /^data:application\/pdf;base64,/);
      }
    }
  }
  assert.deepEqual(due, [], 'every call has a result');
  unique(messages.flatMap((message) => (message.role === 'assistant' ? message.tool_calls ?? [] : []).map(({ id }) => id)));
}

/** @param {ResponsesItem[]} items */
export function responsesAccepts(items) {
  /** @type {Map<string, string>} */
  const due = new Map();
  /** @type {string[]} */
  const ids = [];
  for (const [index, item] of items.entries()) {
    if ('id' in item && item.id !== undefined) ids.push(item.id);
    switch (item.type) {
      case 'message':
        if (item.role !== 'assistant') assert.deepEqual([...due], [], 'every call has an output before the next message');
        if (typeof item.content === 'string') says(item.content);
        else assert.ok(item.content.length > 0);
        for (const part of typeof item.content === 'string' ? [] : item.content) {
          if (part.type === 'input_text' || part.type === 'output_text') says(part.text);
          if (part.type === 'input_image') reachable(part.image_url);
          if (part.type === 'input_file') reachable('file_url' in part ? part.file_url : part.file_data);
        }
        break;
      case 'reasoning':
        assert.ok(item.encrypted_content, 'reasoning goes back encrypted');
        assert.ok(['reasoning', 'function_call', 'custom_tool_call', 'web_search_call', 'message'].includes(items[index + 1]?.type ?? ''), 'an item follows reasoning');
        assert.ok(!('role' in (items[index + 1] ?? {})) || /** @type {any} */ (items[index + 1]).role === 'assistant');
        break;
      case 'function_call':
      case 'custom_tool_call':
        assert.ok(!due.has(item.call_id) && item.call_id !== '' && item.call_id.length <= 64);
        assert.match(item.name, /^[\w-]+$/);
        due.set(item.call_id, `${item.type}_output`);
        if (item.type === 'function_call') JSON.parse(item.arguments);
        break;
      case 'function_call_output':
      case 'custom_tool_call_output':
        assert.equal(due.get(item.call_id), item.type, 'an output is that of a call');
        due.delete(item.call_id);
        break;
      default:
        assert.equal(/** @type {any} */ (item).type, 'web_search_call');
        assert.equal(/** @type {any} */ (item).status, 'completed');
    }
  }
  assert.deepEqual([...due], [], 'every call has an output');
  unique(ids);
  unique(items.flatMap((item) => (item.type === 'function_call' || item.type === 'custom_tool_call' ? [item.call_id] : [])));
}

/** @param {AnthropicMessage[]} messages */
export function anthropicAccepts(messages) {
  /** @type {string[]} */
  let due = [];
  for (const [index, { role, content }] of messages.entries()) {
    assert.equal(role, index % 2 === 0 ? 'user' : 'assistant', 'they take turns, the user first');
    assert.ok(content.length > 0);
    const results = content.flatMap((block) => (block.type === 'tool_result' ? [block.tool_use_id] : []));
    assert.deepEqual(results, due, 'the results of all calls, in the next message, and no others');
    assert.ok(content.slice(0, results.length).every(({ type }) => type === 'tool_result'), 'results come first');
    due = content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    assert.ok(role === 'assistant' || due.length === 0);
    for (const block of content) anthropicBlock(block, role, content);
    assert.doesNotMatch(role === 'assistant' ? content.at(-1)?.type ?? '' : '', /thinking/, 'a reply does not end with thinking');
  }
  assert.deepEqual(due, [], 'every call has a result');
  const last = messages.at(-1);
  const block = last?.content.at(-1);
  if (last?.role === 'assistant' && block?.type === 'text') assert.doesNotMatch(block.text, /\s$/);
  unique(messages.flatMap(({ content }) => content.flatMap((each) => (/_use$/.test(each.type) ? [/** @type {any} */ (each).id] : []))));
}

/** @param {AnthropicBlock} block @param {'user' | 'assistant'} role @param {AnthropicBlock[]} content */
function anthropicBlock(block, role, content) {
  switch (block.type) {
    case 'text': return says(block.text);
    case 'image':
      if (block.source.type === 'base64') assert.match(block.source.media_type, /^image\/(jpeg|png|gif|webp)$/);
      else reachable(block.source.url);
      return assert.equal(role, 'user');
    case 'document':
      if (block.source.type === 'text') says(block.source.data);
      return assert.equal(role, 'user');
    case 'thinking': return assert.ok(role === 'assistant' && block.signature);
    case 'redacted_thinking': return assert.ok(role === 'assistant' && block.data);
    case 'tool_use':
      assert.match(block.id, /^[a-zA-Z0-9_-]+$/);
      assert.match(block.name, /^[a-zA-Z0-9_-]{1,128}$/);
      return assert.ok(typeof block.input === 'object' && block.input !== null && !Array.isArray(block.input));
    case 'tool_result':
      assert.equal(role, 'user');
      for (const each of block.content ?? []) if (each.type === 'text') says(each.text);
      return assert.notDeepEqual(block.content, []);
    default: {
      const { type, id, tool_use_id: answered } = /** @type {any} */ (block);
      const uses = content.flatMap((each) => (/** @type {any} */ (each).type === 'server_tool_use' ? [/** @type {any} */ (each).id] : []));
      if (type === 'server_tool_use') return assert.match(id, /^srvtoolu_\w+$/);
      assert.match(type, /_tool_result$/);
      return assert.ok(uses.includes(answered));
    }
  }
}

/** Of what the AI SDK makes of its UI messages for a model: every call is answered in the message after it. @param {any[]} messages */
export function modelAccepts(messages) {
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== 'assistant') continue;
    const calls = content.filter((/** @type {any} */ part) => part.type === 'tool-call');
    const here = content.filter((/** @type {any} */ part) => part.type === 'tool-result').map((/** @type {any} */ part) => part.toolCallId);
    const next = messages[index + 1]?.role === 'tool' ? messages[index + 1].content : [];
    const responses = next.filter((/** @type {any} */ part) => part.type === 'tool-approval-response');
    // An approved tool runs now, if nothing follows. Of what a provider runs itself, it is told either answer.
    const settled = responses.filter((/** @type {any} */ { approved, providerExecuted }) => providerExecuted || (approved && index + 2 >= messages.length));
    const asked = content.filter((/** @type {any} */ part) => part.type === 'tool-approval-request' && settled.some((/** @type {any} */ { approvalId }) => approvalId === part.approvalId));
    const answered = new Set([...here, ...next, ...asked].map((part) => part.toolCallId ?? part));
    for (const { toolCallId } of calls) assert.ok(answered.has(toolCallId), `${toolCallId} is answered`);
  }
}
