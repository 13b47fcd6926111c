import type { FilePart } from 'millrace';
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { OpenedStore } from '../store/store-host.js';
import { Conversation } from './conversation.js';
import { Composer, type ComposerHandle } from './composer.js';
import { Drawer } from './drawer.js';
import { focusComposer } from './focus-composer.js';
import { DataDialog } from './data-dialog.js';
import { ChartIcon, GearIcon, MenuIcon, SearchIcon, StoreIcon } from './icons.js';
import { announce, reportError } from './notices.js';
import { Panel } from './panel.js';
import { SearchDialog } from './search-dialog.js';
import { SettingsDialog } from './settings-dialog.js';
import { Sidebar } from './sidebar.js';
import { titleOf } from './session-item.js';
import { usageOfConversation } from './usage-line.js';
import { showSession, useActiveSessionId } from './use-active-session.js';
import { useKept } from './use-kept.js';
import { useMedia, VERY_WIDE, WIDE } from './use-media.js';
import { useListedSessions, useSession } from './use-session.js';

interface WorkspaceProps {
  opened: OpenedStore;
  switching: boolean;
  onReopen: (windowMs: number) => void;
  onCrash: () => void;
  onCrashLeader: () => void;
}

export function Workspace({ opened, switching, onReopen, onCrash, onCrashLeader }: WorkspaceProps) {
  const { store, turns } = opened;
  const lastRole = useSyncExternalStore(opened.role.subscribe, opened.role.getSnapshot);
  // What is being closed, or has crashed, leads no more.
  const role = switching ? undefined : lastRole;
  const listed = useListedSessions();
  const sessions = useKept(listed.sessions, 'sessions');
  const running = useSyncExternalStore(turns.subscribe, turns.getSnapshot);
  const wanted = useActiveSessionId();
  const named = useSession(wanted, sessions ?? []);
  const active = named === null ? undefined : named ?? sessions?.[0];
  const ready = sessions !== undefined && named !== null;
  const wide = useMedia(WIDE);
  const veryWide = useMedia(VERY_WIDE);
  const [drawerOpen, setDrawerOpen] = useState(false);
  // There is no drawer on a wide screen. It must not be open by itself when the screen is narrow again.
  if (wide && drawerOpen) setDrawerOpen(false);
  const [settingsOpen, setSettingsOpen] = useState(false);
  const [searchOpen, setSearchOpen] = useState(false);
  const [dataOpen, setDataOpen] = useState(false);
  const [sought, setSought] = useState<string>();
  const [panelOpen, setPanelOpen] = useState(veryWide);
  const composer = useRef<ComposerHandle>(null);
  const replying = active !== undefined && running.has(active.id);

  const usage = active === undefined ? '' : usageOfConversation(active);

  useRecoveryAnnouncement(opened);

  /** An empty one is as good as a new one. */
  const createSession = async (): Promise<string> => {
    const session = sessions?.find(({ title, messageCount }) => title === '' && messageCount === 0) ?? await store.sessions.create({ title: '' });
    showSession(session.id);
    setDrawerOpen(false);
    return session.id;
  };
  const send = async (prompt: string, files: readonly FilePart[] = []): Promise<boolean> => turns.send(active?.id ?? await createSession(), prompt, files);
  const title = active === undefined ? 'New conversation' : titleOf(active);
  const fork = useCallback((messageId: string) => {
    store.sessions.fork(messageId, { title: `Branch of ${title}` }).then(({ id }) => {
      showSession(id);
      focusComposer();
      announce('The branch is a conversation of its own.');
    }, reportError);
  }, [store, title]);
  const stop = (): void => {
    if (active !== undefined) turns.stop(active.id);
  };
  useEscapeToStop(replying, stop);

  const sidebar = (
    <Sidebar
      store={store}
      sessions={sessions ?? []}
      hasMore={listed.hasMore}
      onMore={listed.loadMore}
      activeId={active?.id}
      running={running}
      onSelect={(id) => {
        showSession(id);
        setDrawerOpen(false);
      }}
      onCreate={() => void createSession().then(() => composer.current?.focus(), reportError)}
      onDelete={(id) => {
        turns.stop(id);
        store.sessions.delete(id).then(() => announce('The conversation was deleted.'), reportError);
      }}
    />
  );

  return (
    <div className="shell" data-panel={panelOpen ? 'open' : 'closed'}>
      <a className="skip-link" href="#composer" onClick={(event) => { event.preventDefault(); composer.current?.focus(); }}>
        Skip to the message field
      </a>
      {wide ? sidebar : <Drawer label="Conversations" open={drawerOpen} onClose={() => setDrawerOpen(false)}>{sidebar}</Drawer>}

      <main className="stage" aria-busy={!ready || switching}>
        <header className="stage-header">
          {!wide && (
            <button type="button" className="icon-button" aria-label="Conversations" title="Conversations" aria-haspopup="dialog" onClick={() => setDrawerOpen(true)}>
              <MenuIcon />
            </button>
          )}
          <div className="stage-title">
            <h1 title={title}>{title}</h1>
            {usage !== '' && <p className="usage" title="Of the whole conversation, with versions that are not shown">{usage}</p>}
          </div>
          <button type="button" className="icon-button" aria-label="Search" title="Search all messages" aria-haspopup="dialog" onClick={() => setSearchOpen(true)}>
            <SearchIcon />
          </button>
          <button
            type="button"
            className="icon-button"
            title="Live figures"
            aria-label="Live figures"
            aria-expanded={panelOpen}
            aria-controls="panel"
            onClick={() => setPanelOpen(!panelOpen)}
          >
            <ChartIcon />
          </button>
          <button type="button" className="icon-button" aria-label="Your data" title="Your data" aria-haspopup="dialog" onClick={() => setDataOpen(true)}>
            <StoreIcon />
          </button>
          <button type="button" className="icon-button" aria-label="Settings" title="Settings" aria-haspopup="dialog" onClick={() => setSettingsOpen(true)}>
            <GearIcon />
          </button>
        </header>
        {ready && (
          <Conversation key={active?.id} store={store} turns={turns} sessionId={active?.id} replying={replying} sought={sought} onPrompt={(prompt) => void send(prompt).catch(reportError)} onFork={fork} />
        )}
        <Composer ref={composer} store={store} replying={replying} disabled={switching} onSend={send} onStop={stop} />
      </main>

      <Panel
        opened={opened}
        role={role}
        expanded={panelOpen}
        replying={running.size > 0}
        switchable={running.size === 0 && !switching}
        onExpand={setPanelOpen}
        onReopen={onReopen}
      />
      <SearchDialog
        open={searchOpen}
        onClose={() => setSearchOpen(false)}
        onFound={({ sessionId, messageId, hidden }) => {
          setSearchOpen(false);
          if (hidden === true) store.sessions.switchTo(sessionId, messageId).catch(reportError);
          showSession(sessionId);
          setSought(messageId);
        }}
      />
      <DataDialog open={dataOpen} role={role} onClose={() => setDataOpen(false)} onCrash={onCrash} onCrashLeader={onCrashLeader} />
      <SettingsDialog open={settingsOpen} onClose={() => setSettingsOpen(false)} />
    </div>
  );
}

/** Says what a reload or a crash has cut off, and that the browser has deleted what was here. */
function useRecoveryAnnouncement({ store }: OpenedStore): void {
  useEffect(() => {
    if (store.wiped) announce('The browser has deleted the conversations that were kept here.');
    const count = store.recovered.length;
    if (count === 0) return;
    announce(
      count === 1
        ? 'One reply was cut off when its tab closed or crashed. What had arrived is kept.'
        : `${count} replies were cut off when their tabs closed or crashed. What had arrived is kept.`,
    );
  }, [store]);
}

/** Escape stops the reply on the screen, unless something nearer has used the key. */
function useEscapeToStop(replying: boolean, stop: () => void): void {
  const latest = useRef(stop);
  useEffect(() => {
    latest.current = stop;
  });
  useEffect(() => {
    if (!replying) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented && document.querySelector('dialog[open]') === null) latest.current();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [replying]);
}
