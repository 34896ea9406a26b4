import { join } from 'node:path';
import { compileCache } from '../cache.ts';

/** The operators' command as a program: where it is, and what it needs to find this copy. */
export function vienuvietCommand(options: { root: string; dataFolder: string; args: readonly string[] }) {
  return {
    command: process.execPath,
    args: [join(options.root, 'packages/operator/src/main.ts'), ...options.args],
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      NODE_COMPILE_CACHE: compileCache(),
      VIENUVIET_DATA: options.dataFolder,
    },
    cwd: options.root,
  };
}
