import { freePortBase } from '@vienuviet/infra-local';
import { takeTestFolder } from './test-folders.ts';

/** Ports of one copy with up to three instances of each service. */
const PORTS = 80;

/**
 * Runs once before end-to-end tests: sets a folder and ports aside. The platform is started by the first test that
 * asks for it (`testPlatform`), used by all, and stopped here.
 */
export default async function providePlatform(): Promise<() => Promise<void>> {
  const folder = await takeTestFolder('platform');
  process.env['VIENUVIET_TEST_PLATFORM'] = folder.dataFolder;
  process.env['VIENUVIET_TEST_PLATFORM_PORTS'] = `${await freePortBase(PORTS)}`;
  return folder.giveBack;
}
