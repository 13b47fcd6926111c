/**
 * A conversation of Claude's export: `chat_messages` in the order in which they were written, in newer exports with the
 * parent of each. What a message says is in `content`; in old exports only in `text`.
 */
import type { Part, Role, ToolResultPart } from '../types.js';
import { conversationOf, type Conversation, type Grown, type TreeNode } from './conversation.js';
import { fieldsOf, filled, listOf, numberOf, textOf, timeOf, type Fields } from './json-values.js';
import { attachment, custom, customList, textParts } from './parts.js';

const ROLES: Readonly<Record<string, Role>> = { human: 'user', user: 'user', assistant: 'assistant' };

/** undefined: it has no `chat_messages`. */
export function claudeConversation(value: Fields): Conversation | undefined {
  if (!Array.isArray(value['chat_messages'])) return undefined;
  const nodes = nodesOf(value['chat_messages']);
  const createdAt = timeOf(value['created_at']);
  const model = textOf(value['model']);
  return conversationOf({
    id: textOf(value['uuid'], nodes[0]?.id), title: textOf(value['name']), createdAt, archived: false,
    metadata: {
      importedFrom: 'claude', ...(value['is_starred'] === true && { starred: true }), ...filled({ summary: textOf(value['summary']) }),
    },
  }, nodes, (node, parent) => messageOf(node, parent, createdAt, model), textOf(value['current_leaf_message_uuid'], nodes.at(-1)?.id));
}

function nodesOf(messages: readonly unknown[]): TreeNode<Fields>[] {
  const all = messages.map((message) => fieldsOf(message) ?? { text: '', unreadable: message });
  const isTree = all.some(({ parent_message_uuid: parent }) => typeof parent === 'string');
  const taken = new Set<string>();
  const nodes: TreeNode<Fields>[] = [];
  for (const [index, raw] of all.entries()) {
    const own = textOf(raw['uuid'], `message-${index}`);
    const id = taken.has(own) ? `${own}:${index}` : own;
    taken.add(id);
    // The first of all names a parent that is nobody.
    nodes.push({ id, parentId: isTree ? textOf(raw['parent_message_uuid']) : nodes.at(-1)?.id, raw });
  }
  return nodes;
}

function messageOf({ id, raw }: TreeNode<Fields>, parent: Grown | undefined, begun: number | undefined, ofAll: string): Grown {
  const sender = textOf(raw['sender']);
  const role = ROLES[sender] ?? 'system';
  const createdAt = timeOf(raw['created_at']) ?? parent?.message.createdAt ?? begun;
  const blocks = blocksOf(raw, id);
  const said = blocks.some((part) => part.type === 'text') || blocks.length > 0 && role === 'assistant';
  const parts: Part[] = [...(said ? [] : textParts(textOf(raw['text']))), ...blocks];
  for (const file of listOf(raw['attachments'])) parts.push(attachmentOf(fieldsOf(file) ?? { file }));
  for (const file of listOf(raw['files'])) parts.push(attachmentOf(fieldsOf(file) ?? { file }));
  if ('unreadable' in raw) parts.push(custom('', raw['unreadable']));
  const model = textOf(raw['model'], ofAll);
  return { message: {
    role, parts, ...(role === 'assistant' && { provider: 'anthropic', ...(model && { model }) }),
    ...(!ROLES[sender] && sender !== '' && { metadata: { role: sender } }), ...(createdAt && { createdAt }),
  } };
}

function blocksOf(raw: Fields, messageId: string): Part[] {
  const parts: Part[] = [];
  let callId = '';
  for (const [index, value] of listOf(raw['content']).entries()) {
    const block = fieldsOf(value);
    const type = textOf(block?.['type']);
    if (block && type === 'text' && typeof block['text'] === 'string') {
      parts.push(...textParts(block['text']), ...customList('citations', block['citations']));
    } else if (block && type === 'thinking' && typeof block['thinking'] === 'string') {
      const [startedAt, finishedAt] = [timeOf(block['start_timestamp']), timeOf(block['stop_timestamp'])];
      const signature = textOf(block['signature']);
      parts.push({ type: 'reasoning', text: block['thinking'], ...(signature && { signature }), ...(startedAt && { startedAt }), ...(finishedAt && { finishedAt }) });
    } else if (block && type === 'tool_use') {
      callId = textOf(block['id'], `${messageId}:${index}`);
      parts.push({ type: 'tool_call', id: callId, name: textOf(block['name']), input: JSON.stringify(block['input'] ?? {}), finished: true });
    } else if (block && type === 'tool_result') {
      parts.push(resultOf(block, textOf(block['tool_use_id'], callId, `${messageId}:${index}`)));
    } else {
      parts.push(custom(type, value));
    }
  }
  return parts;
}

/** What is no text of a result, an image or a link, is its metadata. */
function resultOf(block: Fields, toolCallId: string): ToolResultPart {
  const { content } = block;
  const pieces = listOf(content);
  const isText = (piece: unknown): boolean => fieldsOf(piece)?.['type'] === 'text';
  const words = typeof content === 'string' ? content : pieces.filter(isText).map((piece) => textOf(fieldsOf(piece)?.['text'])).join('\n');
  const others = Array.isArray(content) ? pieces.filter((piece) => !isText(piece)) : typeof content === 'string' || content == null ? [] : [content];
  return {
    type: 'tool_result', toolCallId, name: textOf(block['name']), content: words, ...(block['is_error'] === true && { isError: true }),
    ...(others.length > 0 && { metadata: JSON.stringify({ content: others }) }),
  };
}

function attachmentOf(file: Fields): Part {
  const { extracted_content: text, ...original } = file;
  return attachment({
    name: textOf(file['file_name']), type: textOf(file['file_type'], file['file_kind']), size: numberOf(file['file_size']), text: textOf(text),
  }, original);
}
