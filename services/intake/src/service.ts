import { prismaAdapter } from '@vienuviet/database';
import type { Reaction } from '@vienuviet/event-bus';
import type { App } from '@vienuviet/http';
import { createBlindIndex } from '@vienuviet/privacy';
import { defineService, type ServiceContext, ServiceError } from '@vienuviet/service';
import { PrismaClient } from '../generated/prisma/client.ts';
import { createCaseDecider, standardRules } from './cases/case.ts';
import { addCaseCommands } from './cases/command-routes.ts';
import { cases } from './cases/projection.ts';
import { addCaseQueries } from './cases/query-routes.ts';
import { catalogue } from './catalogue/projection.ts';
import { addCatalogueRoutes } from './catalogue/routes.ts';
import { centres } from './centres/projection.ts';
import { addCentreRoutes } from './centres/routes.ts';
import { addClientRoutes } from './clients/client-routes.ts';
import { usualLookups } from './clients/client-view.ts';
import { confirmations } from './erasure/confirmations.ts';
import { eraseIndex } from './erasure/erase-client.ts';
import { addErasureRoutes } from './erasure/routes.ts';
import { intakeMigrations } from './migrations.ts';

/** Intake: the catalogue of services, the network of centres, the service cases. */
export const intake = defineService({
  name: 'intake',
  title: 'Vienuviet: intake',
  description:
    'The catalogue of services, the network of centres, and the path of every service case from the desk to the result.',
  environment: ['BLIND_INDEX_SECRET'],
  optionalEnvironment: ['CASE_CLAIM_MINUTES', 'CASE_REOPEN_HOURS', 'CLIENT_LOOKUPS_A_MINUTE'],
  personalData: true,
  migrations: intakeMigrations,
  projections: [cases, catalogue, centres],
  erasers: [eraseIndex],
  reactions: [confirmations as Reaction],
  routes: (context) => (app) => addRoutes(app, context),
});

function addRoutes(app: App, context: ServiceContext): void {
  const prisma = new PrismaClient({
    adapter: prismaAdapter({ url: context.storeConfig.writerUrl, name: 'intake-prisma' }),
  });
  const decider = createCaseDecider({
    ...standardRules,
    claimMs: setting(context, 'CASE_CLAIM_MINUTES', 60_000) ?? standardRules.claimMs,
    reopenWithinMs: setting(context, 'CASE_REOPEN_HOURS', 3_600_000) ?? standardRules.reopenWithinMs,
  });
  addCaseCommands(app, context, decider);
  addCaseQueries(app, context);
  addCatalogueRoutes(app, context, prisma);
  addCentreRoutes(app, context, prisma);
  addErasureRoutes(app, context);
  addClientRoutes(app, context, {
    index: createBlindIndex(context.config.own['BLIND_INDEX_SECRET'] ?? ''),
    lookups: { requests: setting(context, 'CLIENT_LOOKUPS_A_MINUTE', 1) ?? usualLookups, windowSeconds: 60 },
  });
  app.addHook('onClose', async () => prisma.$disconnect());
}

/** A whole positive number from the environment, times the unit; undefined when it is not set. */
function setting({ config }: ServiceContext, name: string, unit: number): number | undefined {
  const text = config.own[name];
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new ServiceError('configuration', `${name} is not a whole number: ${text}`);
  return Number(text) * unit;
}
