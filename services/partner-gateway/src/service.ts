import { fileURLToPath } from 'node:url';
import { asCaller, systemScope } from '@vienuviet/database';
import { kafkaSsl } from '@vienuviet/event-bus';
import type { App } from '@vienuviet/http';
import { defineService, type ServiceContext } from '@vienuviet/service';
import { makeTopic, startAccessKeeping } from './access/keep-access.ts';
import { topicOfStream } from './case-events/partner-stream.ts';
import { caseEvents } from './case-events/reaction.ts';
import { holders } from './holders/projection.ts';
import { openSubscriptions } from './subscriptions/open-subscriptions.ts';
import { subscriptions } from './subscriptions/projection.ts';
import { addSubscriptionRoutes } from './subscriptions/routes.ts';

/** What partner agencies are told: the events of their own services' cases, each on the partner's own topic. */
export const partnerGateway = defineService({
  name: 'partner-gateway',
  title: 'Vienuviet: partner gateway',
  description: 'Subscriptions of partner agencies, which read the events of their own cases on topics of their own.',
  migrations: {
    name: 'partner-gateway',
    folder: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
  },
  projections: [subscriptions, holders],
  erasers: [],
  reactions: [caseEvents],
  topicOfStream,
  routes: (context) => (app) => addRoutes(app, context),
});

function addRoutes(app: App, context: ServiceContext): void {
  const { name, writer, storeConfig, log } = context;
  const connection = {
    brokers: storeConfig.kafkaBrokers,
    clientId: `${name}-access`,
    topicPrefix: storeConfig.topicPrefix,
    ...(storeConfig.kafkaCertificate === undefined ? {} : { ssl: kafkaSsl(storeConfig.kafkaCertificate) }),
  };
  const access = startAccessKeeping({
    ...{ connection, log },
    open: () => asCaller(writer, systemScope(name), openSubscriptions),
  });
  const forget = context.onProjected(subscriptions.name, access.nudge);
  app.addHook('onClose', async () => {
    forget();
    await access.stop();
  });
  addSubscriptionRoutes(app, context, (registrationNumber) => makeTopic(connection, registrationNumber));
}
