import { startBroker } from '../kafka/broker.ts';
import { startCluster } from '../postgres/cluster.ts';
import type { Supervisor } from '../processes/supervisor.ts';
import { silent } from '../progress.ts';
import { startRedis } from '../redis/server.ts';
import type { ServiceName } from './port-plan.ts';
import { maxConnections } from './servers.ts';
import { instanceName, type ServiceContext, servicesOf } from './services.ts';
import type { Settings } from './settings.ts';
import { startInstance } from './start.ts';

/** Starts one process of a copy again after it was stopped or killed, or one instance more, and waits until ready. */
export async function startAgain(options: {
  supervisor: Supervisor;
  settings: Settings;
  context: ServiceContext;
  name: string;
}): Promise<void> {
  const { supervisor, settings, context, name } = options;
  const { ports, secrets } = context;
  await supervisor.stop(name);
  if (name === 'kafka') {
    const [internal, partner, controller] = (['kafka', 'kafkaPartner', 'kafkaController'] as const).map(ports.server);
    await startBroker({
      ...{ supervisor, clusterId: secrets.kafkaClusterId, progress: silent },
      ports: { internal: internal!, partner: partner!, controller: controller! },
    });
  } else if (name === 'postgres') {
    await startCluster({
      ...{ supervisor, port: ports.server('postgres'), password: secrets.postgres, progress: silent },
      ...{ durability: settings.durability, maxConnections: maxConnections(settings) },
    });
  } else if (name === 'redis') {
    await startRedis({ supervisor, port: ports.server('redis'), progress: silent });
  } else {
    const [service, instance] = instanceNamed(context.root, name);
    await startInstance(supervisor, context, service, instance);
  }
}

function instanceNamed(root: string, name: string): [ServiceName, number] {
  for (const service of servicesOf(root)) {
    for (let instance = 1; instance <= 16; instance++) {
      if (instanceName(service, instance) === name) return [service, instance];
    }
  }
  throw new Error(`there is no process ${name}`);
}
