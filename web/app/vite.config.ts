import { defineConfig } from 'vitest/config';
import { offline } from './scripts/offline.ts';

export default defineConfig({
  build: {
    target: ['es2022', 'chrome87', 'firefox114', 'safari15.4'],
    outDir: 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0, // the CSP allows no data: scripts, and hashed files stay in the phone
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    manifest: true, // scripts/budgets.mjs reads it
    rolldownOptions: {
      input: { index: 'index.html', sw: 'src/sw.ts' },
      output: {
        // Two files to the first paint: a slow phone needs some twenty milliseconds for each.
        codeSplitting: {
          groups: [
            { name: 'boot', test: /src\/boot\.ts$/, priority: 2 },
            { name: 'main', test: /src\/main\.tsx$/, priority: 1 },
          ],
        },
        entryFileNames: (chunk) => (chunk.name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  worker: { format: 'es' },
  plugins: [offline()],
  test: { testTimeout: 30_000 }, // a machine that does other things beside
});
