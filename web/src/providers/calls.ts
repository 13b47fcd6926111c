/** Calls of tools in a history: each has an id of its own, an input that is JSON, and an answer. */
import type { ToolCallPart, ToolResultPart } from '../types.js';
import { isBlank, parsed } from './json.js';
import { noteOf, type Media } from './media.js';

export interface Call {
  readonly part: ToolCallPart;
  /** The id of the part, or one made of it that the provider takes and no other call of the history has. */
  readonly id: string;
  /** Never empty. */
  readonly name: string;
  /** The last result that is not preliminary. */
  result?: ToolResultPart;
}

export interface Answer { readonly text: string; readonly isError: boolean; readonly media?: Media }

/** What a provider asks of the ids of calls. */
export interface IdRules { readonly longest: number; readonly allowed?: RegExp }

/** LiteLLM keeps a signature of the model's in the id, after this word, and wants it back. */
const SIGNED_ID = '__thought__';

/** Gives out ids. A reply without ids has them made by Millrace, so two replies may have the same. */
export class CallIds {
  private readonly given = new Set<string>();
  private readonly rules: IdRules;

  constructor(rules: IdRules) {
    this.rules = rules;
  }

  of(id: string): string {
    const { allowed, longest } = this.rules;
    const clean = (allowed ? id.replace(allowed, '_') : id) || 'call';
    const whole = clean.includes(SIGNED_ID) && !allowed ? clean : clean.slice(0, longest);
    let unique = whole;
    for (let n = 2; this.given.has(unique); n++) unique = `${whole.slice(0, longest - String(n).length - 1)}_${n}`;
    this.given.add(unique);
    return unique;
  }
}

/** The input as a JSON value. Text that is none, because it was cut or because the model erred, becomes a field of an object. */
export function inputOf({ part: { input } }: Call): unknown {
  if (isBlank(input)) return {};
  const value = parsed(input);
  return value === undefined ? { invalid_json: input } : value;
}

/** The same for providers that take objects only. */
export function objectInputOf(call: Call): object {
  const value = inputOf(call);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { value };
}

/** As JSON text, byte for byte as the model wrote it where that is possible. */
export function inputTextOf(call: Call): string {
  const { input } = call.part;
  return !isBlank(input) && parsed(input) !== undefined ? input : JSON.stringify(inputOf(call));
}

/** The result; where there is none, an error that says why, as no provider takes a call without an answer. */
export function answerOf({ part, result }: Call): Answer {
  if (!result) return { text: missing(part), isError: true };
  const { content, isError = false, data, mimeType } = result;
  if (!data || !mimeType) return { text: content, isError };
  return { text: content, isError, media: { mediaType: mimeType, content: data } };
}

/** As text alone. */
export function answerTextOf(call: Call): string {
  const { text, media } = answerOf(call);
  return media ? [text, noteOf(media)].filter((piece) => piece !== '').join('\n') : text;
}

function missing({ approval, finished }: ToolCallPart): string {
  if (approval && approval.approved !== true) {
    const why = approval.approved === false ? approval.reason ?? 'the user did not allow it.' : 'nobody has allowed it.';
    return `The tool did not run: ${why}`;
  }
  return finished
    ? 'The call was interrupted, and there is no result. It is not known whether the tool ran.'
    : 'The call was interrupted before its input was complete. The tool did not run.';
}
