import { createLog } from '@vienuviet/telemetry';
import { readOwnerUrls, readServiceConfig, readStoreConfig, type ServiceConfig } from './config.ts';
import type { ServiceDefinition, StatelessServiceDefinition } from './definition.ts';
import { migrateService } from './migrations.ts';
import { type RunningService, startService, startStateless } from './start.ts';

type AnyDefinition = ServiceDefinition | StatelessServiceDefinition;

/** What a service needs of its process; `process` itself in `main.ts`. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly argv: readonly string[];
  once(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(code: number): never;
}

/**
 * The whole of a `main.ts`: serves until SIGTERM or SIGINT, or, called as `main.ts migrate`, brings the database up
 * to date and ends. Exits with 1 and one log line when it cannot start.
 */
export async function runService(definition: AnyDefinition, host: Host): Promise<void> {
  const log = createLog({ service: definition.name, level: host.env['LOG_LEVEL'] ?? 'info' });
  try {
    if (host.argv[2] === 'migrate') {
      if (definition.kind === 'stateless') return;
      const applied = await migrateService(definition, readOwnerUrls(host.env, definition));
      log.info({ applied }, 'the database is up to date');
      return;
    }
    const config = readServiceConfig(host.env, definition.environment, definition.optionalEnvironment);
    const running = await start(definition, config, host.env);
    log.info({ address: running.address }, 'listening');
    const stop = () => {
      running.close().then(
        () => host.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'did not stop cleanly');
          host.exit(1);
        },
      );
    };
    host.once('SIGTERM', stop);
    host.once('SIGINT', stop);
  } catch (error) {
    log.fatal({ err: error }, 'cannot start');
    host.exit(1);
  }
}

function start(definition: AnyDefinition, config: ServiceConfig, env: Host['env']): Promise<RunningService> {
  switch (definition.kind) {
    case 'stateless':
      return startStateless(definition, config);
    case 'store':
      return startService(definition, config, readStoreConfig(env, definition));
  }
}
