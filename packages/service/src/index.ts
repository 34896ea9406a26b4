export { defineProjection, defineReaction } from './building-blocks.ts';
export {
  readServiceConfig,
  readStoreConfig,
  type ServiceConfig,
  type StoreConfig,
} from './config.ts';
export {
  type BaseContext,
  defineService,
  defineStatelessService,
  type ServiceContext,
  type ServiceDefinition,
  type StatelessServiceDefinition,
} from './definition.ts';
export type { Eraser } from './erasure/erasure-reaction.ts';
export { ServiceError, type ServiceErrorCode } from './errors.ts';
export { migrateService, migrationSetsOf } from './migrations.ts';
export { revokedUntil } from './revoked-tokens/revoked-until.ts';
export { type CommandAnswer, executeRouted, type RoutedCommand } from './routed-command.ts';
export { readRouted } from './routed-read.ts';
export { type Host, runService } from './run.ts';
export {
  type RunningService,
  type RunningStoreService,
  type StartOptions,
  startService,
  startStateless,
} from './start.ts';
