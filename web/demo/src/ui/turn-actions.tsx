import type { FinishReason, Message } from 'millrace';
import { pendingToolCalls, textOf } from '../agent/history.js';
import type { Trouble } from '../agent/turn-runner.js';
import { useCountdown } from './use-countdown.js';

interface TurnActionsProps {
  messages: readonly Message[];
  replying: boolean;
  /** How the last turn failed. */
  trouble: Trouble | undefined;
  onProceed: () => void;
  onRetry: () => void;
}

const CUT_OFF: readonly FinishReason[] = ['interrupted', 'canceled', 'error'];

/** What can be done about a turn that did not end by itself. */
export function TurnActions({ messages, replying, trouble, onProceed, onRetry }: TurnActionsProps) {
  const wait = useCountdown(trouble?.retryAt);
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
      {trouble?.code === 'network' && <p className="turn-advice">Is the server running? Does it allow requests from this page (CORS)? The address stands in the settings.</p>}
      {wait > 0 && <p className="turn-advice" role="timer">The server asks to wait {wait} {wait === 1 ? 'second' : 'seconds'}.</p>}
      {proceeds && (
        <button type="button" className="button" disabled={wait > 0} onClick={onProceed}>
          {last.role === 'user' ? 'Ask again' : 'Continue'}
        </button>
      )}
      {last.role !== 'user' && (
        <button type="button" className={proceeds ? 'button quiet' : 'button'} disabled={wait > 0} onClick={onRetry}>
          Retry
        </button>
      )}
    </div>
  );
}
