/**
 * The step that all providers share: stored messages become turns that can be sent.
 *
 * Invariants of what `turnsOf` returns:
 * 1. Every call of a tool stands in a step of an assistant's turn. What answers it is found through the call, wherever the
 *    result was stored, and comes right after the step.
 * 2. A result that answers no call, as where the path was cut, is text in its place.
 * 3. No turn and no step is empty, and no text.
 */
import type { CustomPart, Message, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../types.js';
import { CallIds, type Call, type IdRules } from './calls.js';
import { mediaOf, type Media, type UrlOfFile } from './media.js';

export type Content =
  | { readonly type: 'text'; readonly text: string; readonly part?: TextPart }
  | { readonly type: 'media'; readonly media: Media; readonly part: Part }
  | { readonly type: 'reasoning'; readonly part: ReasoningPart }
  | { readonly type: 'custom'; readonly part: CustomPart }
  | { readonly type: 'call'; readonly call: Call };

/** What a model said before it was given the answers to its calls. */
export interface Step {
  readonly content: readonly Content[];
  /** It is as the provider sent it: not cut by an interruption or a limit. */
  readonly whole: boolean;
}

export interface Turn {
  /** What role 'tool' says besides results is the user's. */
  readonly role: 'system' | 'user' | 'assistant';
  readonly message: Message;
  /** Of other roles than assistant: one. */
  readonly steps: readonly Step[];
}

export interface Rules {
  readonly ids: IdRules;
  /** Whether the provider takes the call and its result back as its own work, within the reply. */
  readonly ownWork: (call: Call) => boolean;
  readonly urlOf: UrlOfFile;
}

export function turnsOf(messages: readonly Message[], rules: Rules): Turn[] {
  const reader = new HistoryReader(rules);
  return messages.map((message) => reader.read(message)).filter((turn) => turn.steps.length > 0);
}

export function callsOf({ content }: Step): Call[] {
  return content.flatMap((each) => (each.type === 'call' ? [each.call] : []));
}

/** Some stores of UI messages mark where a step begins. Then nothing else does. */
const isMark = (part: Part): boolean => part.type === 'custom' && (part.name === 'step-start' || part.name === 'start-step');

class HistoryReader {
  private readonly rules: Rules;
  private readonly ids: CallIds;
  /** The newest call of each stored id: results that follow are its. */
  private readonly newest = new Map<string, Call>();

  constructor(rules: Rules) {
    this.rules = rules;
    this.ids = new CallIds(rules.ids);
  }

  read(message: Message): Turn {
    const assistant = message.role === 'assistant';
    const role = message.role === 'tool' ? 'user' : message.role;
    const steps = this.stepsOf(message.parts, assistant);
    return { role, message, steps: steps.map((content, index) => ({ content, whole: index < steps.length - 1 || isWhole(message) })) };
  }

  private stepsOf(parts: readonly Part[], assistant: boolean): Content[][] {
    const steps: Content[][] = [[]];
    const marked = parts.some(isMark);
    let answered = false;
    for (const part of parts) {
      if (part.type === 'tool_result' && this.answer(part)) answered ||= this.endsStep(part);
      const content = this.contentOf(part, assistant);
      if (assistant && (marked ? isMark(part) : answered && content.length > 0)) {
        steps.push([]);
        answered = false;
      }
      steps.at(-1)?.push(...content);
    }
    return steps.filter((content) => content.length > 0);
  }

  /** Whether the result is that of a call. */
  private answer(result: ToolResultPart): boolean {
    const call = this.newest.get(result.toolCallId);
    if (!call) return false;
    if (!result.preliminary) call.result = result;
    return true;
  }

  private endsStep({ toolCallId, preliminary }: ToolResultPart): boolean {
    const call = this.newest.get(toolCallId);
    return !preliminary && call !== undefined && !this.rules.ownWork(call);
  }

  private contentOf(part: Part, assistant: boolean): Content[] {
    switch (part.type) {
      case 'text':
        return part.text === '' ? [] : [{ type: 'text', text: part.text, part }];
      case 'reasoning':
        return assistant ? [{ type: 'reasoning', part }] : [];
      case 'custom':
        return isMark(part) ? [] : [{ type: 'custom', part }];
      case 'tool_call':
        return [assistant ? { type: 'call', call: this.callOf(part) } : { type: 'text', text: `[call of the tool ${part.name}]\n${part.input}` }];
      case 'tool_result':
        return this.newest.has(part.toolCallId) || part.preliminary ? [] : [{ type: 'text', text: strayOf(part) }];
      case 'shell_command':
        return [{ type: 'text', text: `$ ${part.command}\n${part.output}\n[exit code ${part.exitCode}]` }];
      case 'finish':
        return [];
      default: {
        const media = mediaOf(part, this.rules.urlOf);
        return [typeof media === 'string' ? { type: 'text', text: media } : { type: 'media', media, part }];
      }
    }
  }

  private callOf(part: ToolCallPart): Call {
    const call = { part, id: this.ids.of(part.id), name: part.name || 'unknown' };
    this.newest.set(part.id, call);
    return call;
  }
}

function strayOf({ name, content, isError }: ToolResultPart): string {
  return `[${isError ? 'error' : 'result'} of the tool ${name || 'unknown'}]\n${content}`;
}

function isWhole({ parts, finishedAt }: Message): boolean {
  const finish = parts.find((part) => part.type === 'finish');
  return finish ? finish.reason === 'end_turn' || finish.reason === 'tool_use' : finishedAt !== undefined;
}
