export { defineProjection, defineReaction } from './building-blocks.ts';
export {
  type DatabaseConfig,
  readDatabaseConfig,
  readServiceConfig,
  readStoreConfig,
  type ServiceConfig,
  type StoreConfig,
} from './config.ts';
export {
  type BaseContext,
  type DatabaseContext,
  type DatabaseServiceDefinition,
  defineDatabaseService,
  defineService,
  defineStatelessService,
  type ServiceContext,
  type ServiceDefinition,
  type StatelessServiceDefinition,
} from './definition.ts';
export { ServiceError, type ServiceErrorCode } from './errors.ts';
export { migrateService, migrationSetsOf } from './migrations.ts';
export { type CommandAnswer, executeRouted, type RoutedCommand } from './routed-command.ts';
export { readRouted } from './routed-read.ts';
export { type Host, runService } from './run.ts';
export {
  type RunningService,
  type RunningStoreService,
  type StartOptions,
  startService,
  startStateless,
  startWithDatabase,
} from './start.ts';
