import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { readClock } from '../records/instance.js';
import { projectRoot } from '../stack/project-root.js';
import { onInstance } from './command-line.js';

const folder = 'docs/images';
const usage = 'Usage: npm run screenshot -- --ui http://127.0.0.1:8233 [--chromium /usr/bin/chromium]';

/** Takes the pictures of docs/operations.md in the Temporal UI of an instance: what is overdue at the schools, and one. */
await onInstance(async ({ database, client }) => {
  const { ui, chromium: executablePath } = parseArgs({
    options: { ui: { type: 'string' }, chromium: { type: 'string', default: '/usr/bin/chromium' } },
  }).values;
  if (!ui) {
    console.error(usage);
    return 2;
  }
  const { now } = await readClock(database);
  const query =
    `ExecutionStatus = 'Running' AND DueAt < '${now}' ` +
    `AND WaitingFor IN ('head', 'school_clerk', 'school_panel')`;
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 620 } });
    const { namespace } = client.options;
    await page.goto(`${ui}/namespaces/${namespace}/workflows?query=${encodeURIComponent(query)}`);
    const found = page.getByRole('link', { name: /^(School|Annual)Review:/ }).first();
    await found.waitFor();
    await page.screenshot({ path: join(projectRoot, folder, 'temporal-ui-stuck.png') });
    await found.click();
    await page
      .getByRole('tab', { name: 'User Metadata' })
      .or(page.getByRole('link', { name: 'User Metadata' }))
      .click();
    await page.locator('iframe').last().contentFrame().getByText('waiting for').waitFor();
    await page.screenshot({ path: join(projectRoot, folder, 'temporal-ui-workflow.png') });
  } finally {
    await browser.close();
  }
  console.log(`Two pictures are in ${folder}.`);
  return 0;
});
