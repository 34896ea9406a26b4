import { freePortBase } from '@vienuviet/infra-local';
import { takeTestFolder } from './test-folders.ts';

/** Ports of one copy with up to three instances of each service. */
const PORTS = 80;

/**
 * Runs before end-to-end tests: sets a folder and ports aside, once for both projects that have some. The platform is
 * started by the first test that asks for it (`testPlatform`), used by all, and stopped here.
 */
export default async function providePlatform(): Promise<() => Promise<void>> {
  if (process.env['VIENUVIET_TEST_PLATFORM']) return async () => undefined;
  const folder = await takeTestFolder('platform');
  process.env['VIENUVIET_TEST_PLATFORM'] = folder.dataFolder;
  process.env['VIENUVIET_TEST_PLATFORM_PORTS'] = `${await freePortBase(PORTS)}`;
  return folder.giveBack;
}
