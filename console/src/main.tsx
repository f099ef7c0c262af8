// The entry of the console.
import './styles/tokens.css';
import './styles/base.css';
import './styles/frame.css';
import './styles/parts.css';
import './styles/tables.css';
import './styles/overlays.css';
import './styles/dialogs.css';
import './styles/overview.css';
import './styles/objectives.css';
import './styles/agents.css';
import './styles/audit.css';
import './styles/stages.css';
import './styles/safety.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
