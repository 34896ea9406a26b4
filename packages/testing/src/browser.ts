import { createProgress, ensurePrerequisites } from '@vienuviet/infra-local';
import { type Browser, chromium } from 'playwright-core';

/**
 * A browser as people have one: Debian's Chromium, without a window and with a profile that is thrown away. Brought by
 * apt where it is missing; where that is not allowed, this throws the sentence that names the package.
 */
export async function openChromium(): Promise<Browser> {
  const needs = { kafka: false, jars: false, redis: false, chromium: true };
  await ensurePrerequisites(needs, createProgress(process.stderr));
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    // What would look for servers of others, or wants what a container does not have.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
