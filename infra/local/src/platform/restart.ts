import type { Supervisor } from '../processes/supervisor.ts';
import { silent } from '../progress.ts';
import type { ServiceName } from './port-plan.ts';
import { ensureKafka, ensurePostgres, ensureRedis } from './servers.ts';
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
  await supervisor.stop(name);
  const server = { ...{ supervisor, settings, progress: silent }, ports: context.ports, secrets: context.secrets };
  if (name === 'kafka') await ensureKafka(server);
  else if (name === 'postgres') await ensurePostgres(server);
  else if (name === 'redis') await ensureRedis(server);
  else {
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
