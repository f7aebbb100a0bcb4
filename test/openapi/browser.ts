import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { closeLater } from '../support/fusio.js';

/** Debian's Chromium, or what is called so on the path. */
export function findChromium(): string | undefined {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  return folders
    .flatMap((folder) => ['chromium', 'chromium-browser'].map((name) => join(folder, name)))
    .find(existsSync);
}

/** `it`, or a skip that says why; with FUSIO_REQUIRE_SERVERS=1 what is missing is a failure. */
export function itInChromium(): jest.It {
  if (findChromium() !== undefined || process.env.FUSIO_REQUIRE_SERVERS === '1') return it;
  process.stderr.write(
    'chromium is not installed: the reference page is not tested in a browser (apt-get install chromium)\n',
  );
  return it.skip;
}

export interface Opened {
  readonly page: Page;
  /** Errors of the console and the page, violations of the policy, requests that failed or went elsewhere. */
  readonly complaints: string[];
  readonly requested: string[];
}

/** Opens a page and notes everything that goes wrong there. */
export async function open(url: string): Promise<Opened> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('chromium is not installed: apt-get install chromium');
  const browser: Browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  closeLater(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  const requested: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`page: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('request', (request) => {
    requested.push(request.url());
    if (/^https?:/.test(request.url()) && new URL(request.url()).origin !== new URL(url).origin)
      complaints.push(`outside: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  await page.addInitScript(`document.addEventListener('securitypolicyviolation', (event) => {
    console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI);
  });`);
  await page.goto(url);
  return { page, complaints, requested };
}
