export * from './as-caller.ts';
export * from './errors.ts';
export * from './in-transaction.ts';
export * from './migrate.ts';
export * from './pool.ts';
export * from './prisma-adapter.ts';
export { databaseNames, rolePassword, type ServiceDatabaseUrls, serviceDatabaseUrls } from './roles.ts';
export * from './service-database.ts';
export * from './with-client.ts';
