import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  plugins: [react()],
  resolve: {
    alias: {
      '#currency': here('../../libs/domain/src/currency.ts'),
      '#fault-texts': here('../../libs/contracts/src/fault-texts.ts'),
    },
  },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    // The page's security policy allows files of its own origin only, so nothing may be inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/v1': process.env['FINELINE_API'] ?? 'http://127.0.0.1:8080' } },
});
