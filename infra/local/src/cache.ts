import { homedir } from 'node:os';
import { join } from 'node:path';

/** The user's own cache, so that a second clone fetches nothing. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'vienuviet');
}
