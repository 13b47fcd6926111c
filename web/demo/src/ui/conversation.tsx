import type { Message, Store } from 'millrace';
import { useMemo } from 'react';
import { toolResults } from '../agent/history.js';
import type { TurnRunner } from '../agent/turn-runner.js';
import { useConversation } from '../store/use-store.js';
import { AssistantMessage } from './assistant-message.js';
import { EmptyConversation } from './empty-conversation.js';
import { DownIcon } from './icons.js';
import { TurnActions } from './turn-actions.js';
import { useFollowScroll } from './use-follow-scroll.js';

interface ConversationProps {
  store: Store;
  turns: TurnRunner;
  sessionId: string | undefined;
  replying: boolean;
  onPrompt: (prompt: string) => void;
}

export function Conversation({ sessionId, onPrompt, ...rest }: ConversationProps) {
  return sessionId === undefined ? <EmptyConversation onPrompt={onPrompt} /> : <Messages sessionId={sessionId} onPrompt={onPrompt} {...rest} />;
}

function Messages({ store, turns, sessionId, replying, onPrompt }: ConversationProps & { sessionId: string }) {
  const messages = useConversation(store, sessionId);
  const { scroller, content, following, follow } = useFollowScroll(messages, messages?.findLast(({ role }) => role === 'user')?.id);
  const recovered = useMemo(() => new Set(store.recovered.map(({ messageId }) => messageId)), [store]);
  const results = useMemo(() => toolResults((messages ?? []).filter(({ role }) => role === 'tool')), [messages]);

  if (messages?.length === 0) return <EmptyConversation onPrompt={onPrompt} />;
  return (
    <div className="conversation-frame">
      {/* Focusable, so that the keyboard can scroll it. */}
      <section className="conversation" ref={scroller} tabIndex={0} aria-label="Messages" aria-busy={messages === undefined}>
        <div className="thread" ref={content}>
          {messages?.map((message, index) =>
            message.role === 'user' ? (
              <UserMessage key={message.id} message={message} />
            ) : message.role === 'assistant' ? (
              <AssistantMessage
                key={message.id}
                message={message}
                results={results}
                goesOn={messages[index - 1]?.role !== 'user' && index > 0}
                cutOffByReload={recovered.has(message.id)}
              />
            ) : null,
          )}
          {messages !== undefined && <TurnActions messages={messages} replying={replying} onProceed={() => void turns.proceed(sessionId)} onRetry={() => void turns.retry(sessionId)} />}
        </div>
      </section>
      {!following && (
        <button type="button" className="jump" onClick={follow}>
          <DownIcon /> Latest
        </button>
      )}
    </div>
  );
}

function UserMessage({ message }: { message: Message }) {
  return (
    <article className="message user" aria-label="You">
      {message.parts.map((part, index) => (part.type === 'text' ? <p key={index}>{part.text}</p> : null))}
    </article>
  );
}
