import { defineConfig } from '@playwright/test';

/** The pictures of docs/img: made by `make pictures` alone, since they are committed. */
export default defineConfig({
  testDir: 'pictures',
  outputDir: 'results/failed',
  workers: 1,
  timeout: 600_000,
  use: { actionTimeout: 20_000 },
  expect: { timeout: 15_000 },
  reporter: [['list']],
});
