/**
 * A conversation of ChatGPT's export: `mapping` holds its nodes by id, each with its message, its parent and its children. The
 * root has no message, and system messages are often empty; both are left out.
 */
import type { FinishReason, NewMessage, Part, Role } from '../types.js';
import { partsOfContent, toolCallOf, toolResultOf } from './chatgpt-content.js';
import { conversationOf, type Conversation, type Grown, type TreeNode } from './conversation.js';
import { fieldsOf, filled, listOf, numberOf, textOf, timeOf, type Fields } from './json-values.js';
import { customList, finish } from './parts.js';

const ROLES: Readonly<Record<string, Role>> = { user: 'user', assistant: 'assistant', system: 'system', developer: 'system', tool: 'tool' };
const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'end_turn', max_tokens: 'max_tokens', interrupted: 'canceled', content_filter: 'content_filter',
};

/** undefined: it has no `mapping`. */
export function chatGPTConversation(value: Fields): Conversation | undefined {
  const mapping = fieldsOf(value['mapping']);
  if (!mapping) return undefined;
  const nodes = nodesOf(mapping);
  const createdAt = timeOf(value['create_time']);
  return conversationOf({
    // Old exports name neither: the id of a node is as good, and the same in the next export.
    id: textOf(value['conversation_id'], value['id'], Object.keys(mapping)[0]),
    title: textOf(value['title']), createdAt, archived: value['is_archived'] === true,
    metadata: { importedFrom: 'chatgpt', ...(value['is_starred'] === true && { starred: true }) },
  }, nodes, (node, parent) => messageOf(node, parent, createdAt), textOf(value['current_node']));
}

/** Versions in the order in which their parent names them. */
function nodesOf(mapping: Fields): TreeNode<Fields>[] {
  const entries = new Map(Object.entries(mapping).map(([id, node]) => [id, fieldsOf(node) ?? {}]));
  const namedBy = new Map<string, string>();
  for (const [id, node] of entries) {
    for (const child of listOf(node['children'])) if (typeof child === 'string' && !namedBy.has(child)) namedBy.set(child, id);
  }
  const parentOf = (id: string, { parent }: Fields): string | undefined =>
    (typeof parent === 'string' && parent !== id && entries.has(parent) ? parent : namedBy.get(id));
  const ordered = new Map<string, TreeNode<Fields>>();
  const add = (id: string, parentId: string | undefined): void => {
    if (!ordered.has(id)) ordered.set(id, { id, parentId, raw: fieldsOf(entries.get(id)?.['message']) ?? {} });
  };
  for (const [id, node] of entries) {
    for (const child of listOf(node['children'])) {
      const there = typeof child === 'string' && entries.get(child);
      if (there && parentOf(child, there) === id) add(child, id);
    }
  }
  for (const [id, node] of entries) add(id, parentOf(id, node));
  return [...ordered.values()];
}

function messageOf({ id, raw }: TreeNode<Fields>, parent: Grown | undefined, begun: number | undefined): Grown | undefined {
  const content = fieldsOf(raw['content']);
  if (!content) return undefined;
  const author = fieldsOf(raw['author']) ?? {};
  const metadata = fieldsOf(raw['metadata']) ?? {};
  const name = textOf(author['role']);
  const role = ROLES[name] ?? 'system';
  const createdAt = timeOf(raw['create_time']) ?? parent?.message.createdAt ?? begun;
  const recipient = textOf(raw['recipient']);
  const calls = role === 'assistant' && recipient !== '' && recipient !== 'all';
  const callId = calls ? id : role === 'tool' ? parent?.callId : undefined;
  const files = listOf(metadata['attachments']).map((file) => fieldsOf(file) ?? {});
  const unfinished = raw['status'] === 'in_progress';

  const parts: Part[] = calls ? toolCallOf(content, { id, name: recipient, finished: !unfinished })
    : role === 'tool' ? toolResultOf(content, { toolCallId: callId ?? id, name: textOf(author['name']) }, files)
    : partsOfContent(content, createdAt, files);
  parts.push(...customList('citations', metadata['citations']), ...customList('content_references', metadata['content_references']));
  if (role === 'system' && parts.length === 0) return undefined;
  const ended = unfinished ? 'interrupted' : REASONS[textOf(fieldsOf(metadata['finish_details'])?.['type'])];
  if (role === 'assistant' && ended) parts.push(finish(calls && ended === 'end_turn' ? 'tool_use' : ended, createdAt));
  return { message: { role, parts, ...aboutOf(role, name, metadata, raw), ...(createdAt && { createdAt }) }, callId };
}

function aboutOf(role: Role, name: string, metadata: Fields, raw: Fields): Partial<NewMessage> {
  const model = role === 'assistant' ? textOf(metadata['model_slug']) : '';
  const weight = numberOf(raw['weight']);
  const own = filled({
    hidden: metadata['is_visually_hidden_from_conversation'] === true || undefined,
    // 0: the model was not shown it.
    weight: weight === 1 ? undefined : weight,
    role: ROLES[name] ? undefined : name,
  });
  return { ...(model && { model }), ...(role === 'assistant' && { provider: 'openai' }), ...(own && { metadata: own }) };
}
