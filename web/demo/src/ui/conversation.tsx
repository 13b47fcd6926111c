import type { Message, Store } from 'millrace';
import { useConversation, type ConversationState } from 'millrace/react';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import { textOf, toolResults } from '../agent/history.js';
import type { TurnRunner } from '../agent/turn-runner.js';
import { AssistantMessage } from './assistant-message.js';
import { EmptyConversation } from './empty-conversation.js';
import { focusComposer } from './focus-composer.js';
import { DownIcon } from './icons.js';
import type { MessageControls } from './message-actions.js';
import { reportError } from './notices.js';
import { TurnActions } from './turn-actions.js';
import { useFollowScroll } from './use-follow-scroll.js';
import { UserMessage } from './user-message.js';
import { useKept } from './use-kept.js';
import { useSeen } from './use-seen.js';

/** Messages that are read at once. */
const PAGE = 30;
const SOUGHT_PAGE = 200;

interface ConversationProps {
  store: Store;
  turns: TurnRunner;
  sessionId: string | undefined;
  replying: boolean;
  /** A message to be brought into view, once. */
  sought: string | undefined;
  onPrompt: (prompt: string) => void;
  /** Bound: the same function always. */
  onFork: (messageId: string) => void;
}

export function Conversation({ sessionId, onPrompt, ...rest }: ConversationProps) {
  return sessionId === undefined ? <EmptyConversation onPrompt={onPrompt} /> : <Messages sessionId={sessionId} onPrompt={onPrompt} {...rest} />;
}

function Messages({ store, turns, sessionId, replying, sought, onPrompt, onFork }: ConversationProps & { sessionId: string }) {
  const conversation = useConversation(sessionId, { limit: PAGE });
  const messages = useKept(conversation.status === 'ready' ? conversation.messages : undefined, sessionId);
  // A turn begins at the end; another version that is shown is no turn, and is looked at where it stands.
  const turn = replying ? messages?.findLast(({ role }) => role === 'user')?.id : undefined;
  const { scroller, content, following, follow, hold } = useFollowScroll(messages, turn);
  const recovered = useMemo(() => new Set(store.recovered.map(({ messageId }) => messageId)), [store]);
  const results = useMemo(() => toolResults((messages ?? []).filter(({ role }) => role === 'tool')), [messages]);

  useSought(sought, conversation);
  const trouble = useSyncExternalStore(turns.subscribe, () => turns.troubleOf(sessionId));
  const edit = useCallback(async (messageId: string, text: string) => {
    const stored = await turns.edit(sessionId, messageId, text);
    if (stored) focusComposer();
    return stored;
  }, [turns, sessionId]);
  const retry = useCallback(() => {
    void turns.retry(sessionId);
    focusComposer();
  }, [turns, sessionId]);
  const proceed = (): void => {
    void turns.proceed(sessionId);
    focusComposer();
  };
  const controls = useMemo<MessageControls>(() => ({
    replying, onFork,
    onShowVersion(messageId) {
      hold();
      store.sessions.switchTo(sessionId, messageId).catch(reportError);
    },
  }), [store, sessionId, replying, onFork, hold]);

  if (messages?.length === 0) return <EmptyConversation onPrompt={onPrompt} />;
  return (
    <div className="conversation-frame">
      {/* Focusable, so that the keyboard can scroll it. */}
      <section className="conversation" ref={scroller} tabIndex={0} aria-label="Messages" aria-busy={messages === undefined}>
        <div className="thread" ref={content}>
          {conversation.hasEarlier && <Earlier first={messages?.[0]?.id} onMore={() => void conversation.loadEarlier().catch(reportError)} />}
          {messages?.map((message, index) =>
            message.role === 'user' ? (
              <UserMessage key={placeOf(message)} message={message} versions={conversation.versions.get(message.id)} controls={controls} onEdit={edit} />
            ) : message.role === 'assistant' ? (
              <AssistantMessage
                key={placeOf(message)}
                message={message}
                versions={conversation.versions.get(message.id)}
                controls={controls}
                results={results}
                goesOn={messages[index - 1]?.role !== 'user' && index > 0}
                cutOffByReload={recovered.has(message.id)}
                onRegenerate={!replying && message === messages.at(-1) && textOf(message) !== '' ? retry : undefined}
              />
            ) : null,
          )}
          {messages !== undefined && <TurnActions messages={messages} replying={replying} trouble={trouble} onProceed={proceed} onRetry={retry} />}
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

/** The same for all versions of a message: they take each other's place in the page, and what has the focus there keeps it. */
const placeOf = ({ parentId }: Message): string => parentId ?? 'first';

/** Loads until the message is there, then shows it and moves the focus to it. */
function useSought(sought: string | undefined, { status, messages, hasEarlier, loadEarlier }: ConversationState): void {
  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (sought === undefined || status !== 'ready' || shown.current === sought) return;
    const element = document.querySelector<HTMLElement>(`[data-message="${CSS.escape(sought)}"]`);
    if (element === null) {
      if (hasEarlier) loadEarlier(SOUGHT_PAGE).catch(reportError);
      return;
    }
    shown.current = sought;
    element.tabIndex = -1;
    element.scrollIntoView({ block: 'center' });
    element.focus({ preventScroll: true });
  }, [sought, status, messages, hasEarlier, loadEarlier]);
}

/** Loads what is before, and leaves what is read where it is. */
function Earlier({ first, onMore }: { first: string | undefined; onMore: () => void }) {
  const fromEnd = useRef<number>(undefined);
  const scroller = (): Element | null => button.current?.closest('.conversation') ?? null;
  const load = (): void => {
    const element = scroller();
    if (element !== null) fromEnd.current = element.scrollHeight - element.scrollTop;
    onMore();
  };
  const button = useSeen<HTMLButtonElement>(load, first);
  useLayoutEffect(() => {
    const element = scroller();
    if (element !== null && fromEnd.current !== undefined) element.scrollTop = element.scrollHeight - fromEnd.current;
    fromEnd.current = undefined;
  }, [first]);
  return <button ref={button} type="button" className="button quiet earlier" onClick={load}>Earlier messages</button>;
}
