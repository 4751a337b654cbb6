import { defineConfig } from '@playwright/test';

// One worker: each test has its own bank, browsers and camera; two at once would only wait for each other on a small
// machine. Nothing is tried again: a test that passes the second time has found something.
export default defineConfig({
  testDir: 'tests',
  outputDir: 'results/failed',
  workers: 1,
  retries: 0,
  timeout: 240_000, // on a busy machine; alone none needs a quarter of it
  expect: { timeout: 30_000 },
  use: { actionTimeout: 30_000 },
  reporter: [['list']],
});
