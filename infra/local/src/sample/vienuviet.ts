import { join } from 'node:path';
import { programEnvironment } from '../processes/program-environment.ts';

/** The operators' command as a program: where it is, and what it needs to find this copy. */
export function vienuvietCommand(options: { root: string; dataFolder: string; args: readonly string[] }) {
  return {
    command: process.execPath,
    args: [join(options.root, 'packages/operator/src/main.ts'), ...options.args],
    env: {
      ...programEnvironment(),
      VIENUVIET_DATA: options.dataFolder,
    },
    cwd: options.root,
  };
}
