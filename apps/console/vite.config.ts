import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { catalogues } from './catalogues.config.js';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  // The server puts a fresh nonce in place of this word in every answer; see `app/csp-nonce.ts`.
  html: { cspNonce: '__CSP_NONCE__' },
  plugins: [react(), catalogues(here('src/i18n'))],
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': process.env['TRIBUTARY_API'] ?? 'http://127.0.0.1:3000' } },
});
