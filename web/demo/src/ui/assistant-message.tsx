import type { Message, Part, ToolResultPart } from 'millrace';
import type { MessageVersions } from 'millrace/live';
import { memo } from 'react';
import { FileView } from './file-view.js';
import { FinishNote } from './finish-note.js';
import { AgainIcon } from './icons.js';
import { Markdown } from './markdown.js';
import { MessageActions, type MessageControls } from './message-actions.js';
import { Reasoning } from './reasoning.js';
import { ToolCard } from './tool-card.js';
import { UsageLine } from './usage-line.js';

interface AssistantMessageProps {
  message: Message;
  /** Of the tools this or another message called, by the id of the call. */
  results: ReadonlyMap<string, ToolResultPart>;
  /** The message before it belongs to the same turn. */
  goesOn: boolean;
  cutOffByReload: boolean;
  versions: MessageVersions | undefined;
  controls: MessageControls;
  /** Asks for this reply anew, if it is the last one. */
  onRegenerate: (() => void) | undefined;
}

export const AssistantMessage = memo(function AssistantMessage({ message, results, goesOn, cutOffByReload, versions, controls, onRegenerate }: AssistantMessageProps) {
  const streaming = message.finishedAt === undefined;
  const last = message.parts.at(-1);
  return (
    <article className="message assistant" aria-label="Assistant" aria-busy={streaming} data-goes-on={goesOn} data-message={message.id}>
      {!goesOn && <p className="message-author" aria-hidden="true">{message.model ?? 'Assistant'}</p>}
      {message.parts.map((part, index) => (
        <PartView
          key={index}
          part={part}
          live={streaming && part === last}
          result={part.type === 'tool_call' ? results.get(part.id) : undefined}
          ended={!streaming}
          cutOffByReload={cutOffByReload}
        />
      ))}
      {streaming && message.parts.length === 0 && (
        <p className="waiting">
          <span className="visually-hidden">Waiting for the model</span>
          <span className="waiting-dots" aria-hidden="true" />
        </p>
      )}
      {!streaming && message.usage !== undefined && <UsageLine usage={message.usage} />}
      {!streaming && (
        <MessageActions message={message} versions={versions} controls={controls}>
          {onRegenerate !== undefined && (
            <button type="button" className="icon-button small" aria-label="Write this reply anew" title="Write this reply anew" onClick={onRegenerate}>
              <AgainIcon />
            </button>
          )}
        </MessageActions>
      )}
    </article>
  );
},
// The map of results is new with each window; only what this message called matters to it.
(before, after) =>
  before.message === after.message &&
  before.goesOn === after.goesOn &&
  before.cutOffByReload === after.cutOffByReload &&
  before.versions === after.versions &&
  before.controls === after.controls &&
  before.onRegenerate === after.onRegenerate &&
  after.message.parts.every((part) => part.type !== 'tool_call' || before.results.get(part.id) === after.results.get(part.id)));

interface PartViewProps {
  part: Part;
  /** It is the part that is being written. */
  live: boolean;
  result: ToolResultPart | undefined;
  /** The message it belongs to is finished. */
  ended: boolean;
  cutOffByReload: boolean;
}

const PartView = memo(function PartView({ part, live, result, ended, cutOffByReload }: PartViewProps) {
  switch (part.type) {
    case 'text':
      return part.refusal === true ? <div className="refusal"><Markdown text={part.text} live={live} /></div> : <Markdown text={part.text} live={live} />;
    case 'reasoning':
      return <Reasoning part={part} live={live} />;
    case 'tool_call':
      return <ToolCard call={part} result={result} abandoned={ended && !part.finished} />;
    case 'finish':
      return <FinishNote part={part} cutOffByReload={cutOffByReload} />;
    case 'file':
      return <FileView part={part} />;
    case 'custom':
      return null;
    default:
      return <p className="other-part">A part of type {part.type.replaceAll('_', ' ')} came with this reply; this demo does not show it.</p>;
  }
});
