import { existsSync, linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyNameAt, withNewKey } from '@vienuviet/privacy/wrapping-keys';
import type { ServiceName } from './port-plan.ts';

/** File of the keys that wrap a service's keys of persons; readable by its owner alone. */
export const wrappingKeysFile = (dataFolder: string, service: ServiceName): string =>
  join(dataFolder, 'wrapping-keys', `${service}.json`);

/** Makes a service's file with a first key where there is none; whoever comes second uses what the first one made. */
export function ensureWrappingKeys(dataFolder: string, service: ServiceName): void {
  const file = wrappingKeysFile(dataFolder, service);
  if (existsSync(file)) return;
  mkdirSync(join(dataFolder, 'wrapping-keys'), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}`;
  writeFileSync(next, withNewKey(undefined, keyNameAt(new Date())), { mode: 0o600 });
  try {
    linkSync(next, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(next);
  }
}
