import type { Log } from '@vienuviet/telemetry';
import { Redis } from 'ioredis';

/**
 * A connection to Redis that never holds anybody up: a command fails at once while Redis is gone, and the connection
 * comes back by itself. Each change of state is logged once.
 */
export function connectRedis(url: string, log: Log): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 1,
    connectTimeout: 2_000,
    commandTimeout: 2_000,
    retryStrategy: (attempt) => Math.min(100 * attempt, 2_000),
  });
  let gone = false;
  redis.on('error', (error: Error) => {
    if (!gone) log.warn({ err: error }, 'Redis is gone; limits are counted alone and nudges are late');
    gone = true;
  });
  redis.on('ready', () => {
    if (gone) log.info('Redis is back');
    gone = false;
  });
  return redis;
}
