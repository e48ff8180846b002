import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/query-client.ts';
import { App } from './app.tsx';
import { startTranslations } from './i18n/index.ts';
import { startClock } from './live/clock.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/queue.css';
import './styles/panels.css';

startTranslations();
startClock();
const client = createQueryClient();

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
