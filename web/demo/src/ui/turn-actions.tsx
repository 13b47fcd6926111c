import type { FinishReason, Message } from 'millrace';
import { pendingToolCalls, textOf } from '../agent/history.js';

interface TurnActionsProps {
  messages: readonly Message[];
  replying: boolean;
  onProceed: () => void;
  onRetry: () => void;
}

const CUT_OFF: readonly FinishReason[] = ['interrupted', 'canceled', 'error'];

/** What can be done about a turn that did not end by itself. */
export function TurnActions({ messages, replying, onProceed, onRetry }: TurnActionsProps) {
  const last = messages.at(-1);
  if (last === undefined || replying) return null;
  const reason = last.parts.find((part) => part.type === 'finish')?.reason;
  const unfinished = last.role !== 'assistant' || pendingToolCalls(messages).length > 0;
  const cutOff = last.role === 'assistant' && reason !== undefined && CUT_OFF.includes(reason);
  if (!unfinished && !cutOff && reason !== 'unknown') return null;

  // A reply goes on in place if there is text to go on from, and no tool call was cut in two.
  const halfCall = last.parts.some((part) => part.type === 'tool_call' && !part.finished);
  const proceeds = unfinished || (cutOff && textOf(last) !== '' && !halfCall);
  return (
    <div className="turn-actions">
      {proceeds && (
        <button type="button" className="button" onClick={onProceed}>
          {last.role === 'user' ? 'Ask again' : 'Continue'}
        </button>
      )}
      {last.role !== 'user' && (
        <button type="button" className={proceeds ? 'button quiet' : 'button'} onClick={onRetry}>
          Retry
        </button>
      )}
    </div>
  );
}
