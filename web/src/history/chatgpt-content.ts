/** What a message of ChatGPT says, as parts. Content of a type that is not named here is kept verbatim. */
import type { Part, ToolCallPart, ToolResultPart } from '../types.js';
import { fieldsOf, listOf, numberOf, textOf, type Fields } from './json-values.js';
import { attachment, custom, textParts } from './parts.js';

export function partsOfContent(content: Fields, time: number | undefined, files: readonly Fields[]): Part[] {
  return [...saidIn(content, time, files), ...attachmentsOf(files, pointersIn(content))];
}

function saidIn(content: Fields, time: number | undefined, files: readonly Fields[]): Part[] {
  const type = textOf(content['content_type']);
  switch (type) {
    case '':
    case 'text':
    case 'multimodal_text':
      if (!Array.isArray(content['parts'])) return [custom(type, content)];
      return content['parts'].flatMap((piece: unknown) => pieceOf(piece, files));
    case 'code': {
      const language = textOf(content['language']);
      const text = textOf(content['text'], listOf(content['parts']).join('\n'));
      return text === '' ? [] : [{ type: 'text', text, ...(language && language !== 'unknown' && { extra: { language } }) }];
    }
    case 'thoughts':
      if (!Array.isArray(content['thoughts'])) return [custom(type, content)];
      return content['thoughts'].flatMap((thought: unknown) => thoughtOf(thought, time));
    default:
      return [custom(type, content)];
  }
}

function thoughtOf(thought: unknown, time: number | undefined): Part[] {
  const { summary, content } = fieldsOf(thought) ?? {};
  if (typeof (summary ?? '') !== 'string' || typeof (content ?? '') !== 'string') return [custom('thoughts', thought)];
  const text = [summary, content].filter(Boolean).join('\n\n');
  return text === '' ? [] : [{ type: 'reasoning', text, ...(time && { finishedAt: time }) }];
}

/** A piece of a message: its words, those of a recording, or the name of a file. */
function pieceOf(piece: unknown, files: readonly Fields[]): Part[] {
  if (typeof piece === 'string') return textParts(piece);
  const fields = fieldsOf(piece);
  const type = textOf(fields?.['content_type']);
  if (!fields) return [custom('', piece)];
  if (type === 'audio_transcription' && typeof fields['text'] === 'string') return textParts(fields['text']);
  return type.endsWith('_asset_pointer') ? [fileOf(fields, type, files)] : [custom(type, fields)];
}

/** An image or a recording, and what the list of the message's files says of it. */
function fileOf(pointer: Fields, type: string, files: readonly Fields[]): Part {
  const id = idIn(pointer);
  const file = files.find((each) => each['id'] === id) ?? {};
  const kind = type.startsWith('image') ? 'image/*' : type.startsWith('video') ? 'video/*' : `audio/${textOf(pointer['format'], '*')}`;
  return attachment({
    name: textOf(file['name']), type: textOf(file['mime_type'], file['mimeType'], kind), size: numberOf(pointer['size_bytes'], file['size']),
  }, { ...file, ...pointer });
}

/** 'file-service://file-abc' and 'sediment://file_abc#page' name the file with the id behind the slashes. */
function idIn(pointer: Fields): string {
  return textOf(pointer['asset_pointer']).replace(/^[^/]*\/\//, '').replace(/[#?].*/s, '');
}

function pointersIn(content: Fields): ReadonlySet<string> {
  return new Set(listOf(content['parts']).map((piece) => idIn(fieldsOf(piece) ?? {})));
}

/** The files of a message that it does not show itself. */
function attachmentsOf(files: readonly Fields[], shown: ReadonlySet<string>): Part[] {
  return files.filter(({ id }) => typeof id !== 'string' || !shown.has(id)).map((file) => attachment({
    name: textOf(file['name']), type: textOf(file['mime_type'], file['mimeType']), size: numberOf(file['size']),
  }, file));
}

/** A message to a tool. */
export function toolCallOf(content: Fields, call: Pick<ToolCallPart, 'id' | 'name' | 'finished'>): Part[] {
  const { words, beside } = wordsIn(content, []);
  return [{ type: 'tool_call', ...call, input: words }, ...beside];
}

/** A message of a tool. What it has beside its words, as the address of a page, is the result's metadata. */
export function toolResultOf(content: Fields, result: Pick<ToolResultPart, 'toolCallId' | 'name'>, files: readonly Fields[]): Part[] {
  const { words, beside, rest } = wordsIn(content, files);
  return [
    { type: 'tool_result', ...result, content: words, ...(content['content_type'] === 'system_error' && { isError: true }),
      ...(rest && { metadata: JSON.stringify(rest) }) },
    ...beside, ...attachmentsOf(files, pointersIn(content)),
  ];
}

/** Content as one text, and what is not text of it. */
function wordsIn(content: Fields, files: readonly Fields[]): { words: string; beside: Part[]; rest?: Fields } {
  const { content_type: type, text, result, ...rest } = content;
  if (Array.isArray(content['parts'])) {
    const said = saidIn({ ...content, content_type: 'multimodal_text' }, undefined, files);
    const words = said.map((part) => (part.type === 'text' ? part.text : '')).filter(Boolean);
    return { words: words.join('\n'), beside: said.filter((part) => part.type !== 'text') };
  }
  const plain = type === 'text' || type === 'code' || type === 'execution_output';
  // A text in one of the two is the result; a second one stays beside it.
  const other = textOf(text) && result !== undefined ? { result } : {};
  return { words: textOf(text, result), beside: [], ...(!plain && { rest: { content_type: type, ...rest, ...other } }) };
}
