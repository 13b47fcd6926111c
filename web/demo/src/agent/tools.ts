import type { Store, ToolCallPart, ToolResultPart } from 'millrace';
import { calculate } from './calculator.js';
import { textOf } from './history.js';

interface ToolContext { store: Store; sessionId: string }
type Arguments = Readonly<Record<string, unknown>>;

interface Tool {
  description: string;
  parameters: object;
  run(input: Arguments, context: ToolContext): string | Promise<string>;
}

const EXCERPT = 60;
const SEARCHED_SESSIONS = 50;

const TOOLS: Readonly<Record<string, Tool>> = {
  calculate: {
    description: 'Works out an arithmetic expression.',
    parameters: object({ expression: { type: 'string', description: 'Numbers, + - * / ^ and parentheses' } }, ['expression']),
    run: ({ expression }) => `${text(expression)} = ${Number(calculate(text(expression)).toPrecision(12))}`,
  },
  current_time: {
    description: 'The present date and time.',
    parameters: object({ time_zone: { type: 'string', description: 'IANA name; left out: the person’s own' } }, []),
    run: ({ time_zone: zone }) => {
      const options: Intl.DateTimeFormatOptions = { dateStyle: 'full', timeStyle: 'short' };
      if (zone !== undefined) options.timeZone = text(zone);
      return new Intl.DateTimeFormat('en-GB', options).format(new Date()) + (zone === undefined ? '' : ` in ${text(zone)}`);
    },
  },
  search_messages: {
    description: 'Looks through everything that was said in all conversations on this page.',
    parameters: object({ query: { type: 'string' }, limit: { type: 'integer', minimum: 1, maximum: 20 } }, ['query']),
    run: ({ query, limit }, context) => searchMessages(context, text(query), typeof limit === 'number' ? limit : 5),
  },
};

export const TOOL_DEFINITIONS = Object.entries(TOOLS).map(([name, { description, parameters }]) => ({
  type: 'function' as const,
  function: { name, description, parameters },
}));

/** Never throws: what goes wrong is the tool's result, for the model to read. */
export async function runTool(call: ToolCallPart, context: ToolContext): Promise<ToolResultPart> {
  const result = (content: string, isError = false): ToolResultPart => ({
    type: 'tool_result', toolCallId: call.id, name: call.name, content, isError,
  });
  const tool = Object.hasOwn(TOOLS, call.name) ? TOOLS[call.name] : undefined;
  if (tool === undefined) return result(`There is no tool called ${call.name}.`, true);
  try {
    const input: unknown = JSON.parse(call.input === '' ? '{}' : call.input);
    if (input === null || typeof input !== 'object') throw new Error('The arguments are not an object.');
    return result(await tool.run(input as Arguments, context));
  } catch (error) {
    return result(error instanceof Error ? error.message : String(error), true);
  }
}

async function searchMessages({ store, sessionId }: ToolContext, query: string, limit: number): Promise<string> {
  const needle = query.toLowerCase();
  const sessions = await store.sessions.list({ limit: SEARCHED_SESSIONS });
  const lists = await Promise.all(sessions.map(({ id }) => store.messages.list(id)));
  // The question itself always mentions what is asked for.
  const question = lists.flat().findLast((message) => message.sessionId === sessionId && message.role === 'user');
  const found = lists.flat().filter((message) => message !== question && textOf(message).toLowerCase().includes(needle));
  if (found.length === 0) return `Nothing was said about “${query}” before.`;
  const excerpts = found.slice(0, limit).map((message) => `“${excerpt(textOf(message), needle)}”`);
  return `${found.length} earlier ${found.length === 1 ? 'message mentions' : 'messages mention'} “${query}”: ${excerpts.join('; ')}`;
}

function excerpt(content: string, needle: string): string {
  const at = content.toLowerCase().indexOf(needle);
  const from = Math.max(0, at - EXCERPT / 2);
  const to = Math.min(content.length, at + needle.length + EXCERPT / 2);
  const middle = content.slice(from, to).replace(/\s+/g, ' ').toWellFormed().trim();
  return `${from > 0 ? '…' : ''}${middle}${to < content.length ? '…' : ''}`;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('An argument that must be a text is missing.');
  return value;
}

function object(properties: object, required: string[]): object {
  return { type: 'object', properties, required, additionalProperties: false };
}
