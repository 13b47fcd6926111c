import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { StoreHost } from './store/store-host.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/sidebar.css';
import './styles/conversation.css';
import './styles/composer.css';
import './styles/files.css';
import './styles/markdown.css';
import './styles/panel.css';
import './styles/dialogs.css';

const host = new StoreHost();
void host.open();

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root element.');
createRoot(root).render(
  <StrictMode>
    <App host={host} />
  </StrictMode>,
);
