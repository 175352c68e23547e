import './app/styles.js';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { activateLocale, preferredLocale } from './i18n/i18n.js';
import { announceNonce } from './app/csp-nonce.js';
import { applyDensity } from './app/density.js';
import { Providers } from './app/Providers.js';
import { router } from './app/router.js';

announceNonce();
applyDensity();
await activateLocale(preferredLocale());

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Providers>
      <RouterProvider router={router} />
    </Providers>
  </StrictMode>,
);
