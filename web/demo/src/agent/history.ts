import type { Message, Part, ToolCallPart, ToolResultPart } from 'millrace';
import type { ChatContent } from './attachments.js';

export type ChatMessage =
  | { role: 'system' | 'user'; content: string | ChatContent[] }
  | { role: 'assistant'; content: string; tool_calls?: ChatToolCall[] }
  | { role: 'tool'; tool_call_id: string; content: string };

interface ChatToolCall { id: string; type: 'function'; function: { name: string; arguments: string } }

/**
 * The stored conversation as OpenAI's chat protocol wants it. Calls that were never answered, and
 * messages of which nothing arrived, are left out: providers refuse a history that has them.
 * `attached`: what the file parts have in them.
 */
export function toChatMessages(messages: readonly Message[], attached: ReadonlyMap<Part, ChatContent> = new Map()): ChatMessage[] {
  const answered = toolResults(messages);
  const sent = new Set<string>();
  return messages.flatMap((message): ChatMessage[] => {
    const content = textOf(message);
    switch (message.role) {
      case 'user':
      case 'system':
        return saidBy(message.role, content, message.parts.flatMap((part) => attached.get(part) ?? []));
      case 'assistant': {
        const calls = toolCallsOf(message).filter(({ id, finished }) => finished && answered.has(id));
        for (const { id } of calls) sent.add(id);
        if (calls.length > 0) return [{ role: 'assistant', content, tool_calls: calls.map(toChatToolCall) }];
        return content === '' ? [] : [{ role: 'assistant', content }];
      }
      case 'tool':
        return toolResultsOf(message)
          .filter(({ toolCallId }) => sent.has(toolCallId))
          .map((result) => ({ role: 'tool', tool_call_id: result.toolCallId, content: result.content }));
    }
  });
}

/** A text alone stays a string: not every server takes lists. */
function saidBy(role: 'user' | 'system', text: string, files: ChatContent[]): ChatMessage[] {
  if (files.length > 0) return [{ role, content: text === '' ? files : [{ type: 'text', text }, ...files] }];
  return text === '' ? [] : [{ role, content: text }];
}

/** The calls of the conversation's last reply that nobody has answered yet. */
export function pendingToolCalls(messages: readonly Message[]): ToolCallPart[] {
  const last = messages.findLast(({ role }) => role === 'assistant');
  if (last === undefined || messages.at(-1)?.role === 'user') return [];
  const answered = toolResults(messages);
  return toolCallsOf(last).filter(({ id, finished, providerExecuted }) => finished && providerExecuted !== true && !answered.has(id));
}

/** Results of all tools, by the id of the call. */
export function toolResults(messages: readonly Message[]): Map<string, ToolResultPart> {
  return new Map(messages.flatMap(toolResultsOf).map((result) => [result.toolCallId, result]));
}

/** The text of a message, without its reasoning. */
export function textOf(message: Message): string {
  return message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function toolCallsOf(message: Message): ToolCallPart[] {
  return message.parts.filter((part) => part.type === 'tool_call');
}

function toolResultsOf(message: Message): ToolResultPart[] {
  return message.parts.filter((part) => part.type === 'tool_result');
}

function toChatToolCall({ id, name, input }: ToolCallPart): ChatToolCall {
  return { id, type: 'function', function: { name, arguments: input } };
}
