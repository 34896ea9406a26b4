import { databaseNames, serviceDatabaseUrls } from '@vienuviet/database';
import { certificateFolder } from '../kafka/broker.ts';
import { readEndpoints } from './endpoints.ts';
import { portPlan, type ServiceName } from './port-plan.ts';
import { ensureSecrets } from './secrets.ts';
import { SERVICES_WITH_STORE, type ServiceContext, type ServiceDatabases, servicesOf } from './services.ts';
import type { Settings } from './settings.ts';

/** What a copy that was started before needs to start one of its processes again. */
export function contextOf(settings: Settings, root: string): ServiceContext {
  const { dataFolder, external } = settings;
  const ports = portPlan(settings.portBase, settings.instances);
  const secrets = ensureSecrets(dataFolder);
  const endpoints = readEndpoints(dataFolder);
  const own = new URL('postgres://postgres@127.0.0.1/postgres');
  own.password = secrets.postgres;
  own.port = `${ports.server('postgres')}`;
  const postgresUrl = external.postgresUrl ?? own.toString();
  const databasesOf = (service: ServiceName): ServiceDatabases => {
    const { database } = databaseNames(service);
    const urls = (name: string) =>
      serviceDatabaseUrls({ adminUrl: postgresUrl, service, database: name, password: secrets.databaseRoles });
    return { main: urls(database), keys: urls(`${database}_keys`) };
  };
  const withStore = servicesOf(root).filter((service) => SERVICES_WITH_STORE.includes(service));
  return {
    ...{
      root,
      dataFolder,
      ports,
      instances: settings.instances,
      secrets,
      identity: settings.identity ?? {},
      topicPrefix: endpoints.topicPrefix,
      logLevel: 'info',
    },
    servers: {
      ...{ kafkaBrokers: endpoints.kafka.split(','), postgresUrl, redisUrl: endpoints.redis },
      ...(endpoints.kafkaOperator ? { kafkaCertificates: certificateFolder(dataFolder) } : {}),
    },
    databases: new Map(withStore.map((service) => [service, databasesOf(service)])),
  };
}
