import { defineConfig } from '@playwright/test';

// Tests that film a screen or measure a time have the machine to themselves, after the others, which run two side by side:
// each worker has a bank of its own. Nothing is tried again: a test that passes the second time has found something.
const alone = /@alone/;

export default defineConfig({
  testDir: 'tests',
  outputDir: 'results/failed',
  fullyParallel: true,
  retries: 0,
  timeout: 240_000, // on a busy machine; alone none needs a quarter of it
  expect: { timeout: 30_000 },
  use: { actionTimeout: 30_000 },
  reporter: [['list']],
  workers: 2,
  projects: [
    { name: 'used', grepInvert: alone },
    { name: 'measured', grep: alone, workers: 1, dependencies: ['used'] },
  ],
});
