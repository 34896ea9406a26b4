import { resolve } from 'node:path';
import { LocalError } from '../errors.ts';
import { type IdentitySettings, identitySettingsFrom } from './identity-settings.ts';

/** What one copy of the platform is: where it keeps its data, where it listens, how many of each it runs. */
export interface Settings {
  readonly dataFolder: string;
  readonly portBase: number;
  readonly instances: number;
  /** Servers that are there already and are used instead of being started. */
  readonly external: {
    readonly kafkaBrokers?: readonly string[];
    readonly postgresUrl?: string;
    readonly redisUrl?: string;
  };
  /** Who signs in how, where it is not as usual. */
  readonly identity?: IdentitySettings;
  /** `safe`: every commit reaches the disk. `fast`: for tests, whose data nobody misses. */
  readonly durability: 'safe' | 'fast';
}

export type Environment = Readonly<Record<string, string | undefined>>;

export const DEFAULT_PORT_BASE = 7_400;
const MOST_INSTANCES = 16;

/** Reads the settings from the environment; relative folders are taken from `root`, the top of the checkout. */
export function settingsFrom(env: Environment, root: string, instances = 1): Settings {
  if (!Number.isInteger(instances) || instances < 1 || instances > MOST_INSTANCES) {
    throw new LocalError('argument', `--instances takes a number from 1 to ${MOST_INSTANCES}`);
  }
  const brokers = env['VIENUVIET_KAFKA_BROKERS'];
  const postgresUrl = env['VIENUVIET_POSTGRES_URL'];
  const redisUrl = env['VIENUVIET_REDIS_URL'];
  return {
    dataFolder: resolve(root, env['VIENUVIET_DATA'] || '.vienuviet'),
    portBase: portBase(env['VIENUVIET_PORT_BASE']),
    instances,
    external: {
      ...(brokers ? { kafkaBrokers: brokers.split(',').map((broker) => broker.trim()) } : {}),
      ...(postgresUrl ? { postgresUrl: checkedUrl('VIENUVIET_POSTGRES_URL', postgresUrl, /^postgres(ql)?:$/) } : {}),
      ...(redisUrl ? { redisUrl: checkedUrl('VIENUVIET_REDIS_URL', redisUrl, /^rediss?:$/) } : {}),
    },
    identity: identitySettingsFrom(env, root),
    durability: 'safe',
  };
}

function portBase(text: string | undefined): number {
  if (!text) return DEFAULT_PORT_BASE;
  if (!/^\d+$/.test(text)) throw new LocalError('argument', `VIENUVIET_PORT_BASE is not a number: ${text}`);
  return Number(text);
}

/** The value is not repeated in the message: it may hold a password. */
function checkedUrl(name: string, text: string, protocol: RegExp): string {
  if (!URL.canParse(text) || !protocol.test(new URL(text).protocol)) {
    throw new LocalError('argument', `${name} is not an address of that kind of server`);
  }
  return text;
}
