import { fileURLToPath } from 'node:url';
import { prismaAdapter } from '@vienuviet/database';
import { type App, acceptOpaqueTokens } from '@vienuviet/http';
import { defineService, type ServiceContext } from '@vienuviet/service';
import { PrismaClient } from '../generated/prisma/client.ts';
import { directory } from './directory/projection.ts';
import { watchHeld } from './feed/held.ts';
import { startNudges } from './feed/nudges.ts';
import { createFeedProgress } from './feed/progress.ts';
import { readablePosition } from './feed/read-feed.ts';
import { addFeedRoutes } from './feed/routes.ts';
import { createItemSeen } from './items/item-seen.ts';
import { items } from './items/projection.ts';
import { feedReaction } from './items/reaction.ts';
import { addItemRoutes } from './items/routes.ts';
import { eraseTokens } from './subject-tokens/erase-tokens.ts';
import { addSubjectTokenRoutes } from './subject-tokens/routes.ts';
import { subjectTokenLookup } from './subject-tokens/token-lookup.ts';

/** The status feed of Latvija.lv: what a person's cases have come to, and the feed of its changes. */
export const statusFeed = defineService({
  name: 'status-feed',
  title: 'Vienuviet: status feed',
  description:
    "The status of a person's cases in the portal's words, and the change feed from which the portal learns of it.",
  migrations: {
    name: 'status-feed',
    folder: fileURLToPath(new URL('../prisma/migrations', import.meta.url)),
  },
  projections: [items, directory],
  erasers: [eraseTokens],
  reactions: [feedReaction],
  routes: (context) => (app) => addRoutes(app, context),
});

function addRoutes(app: App, context: ServiceContext): void {
  const { writer, store, storeConfig, redis, log, clock } = context;
  const prisma = new PrismaClient({
    adapter: prismaAdapter({ url: storeConfig.writerUrl, name: 'status-feed-prisma' }),
  });
  const progress = createFeedProgress({
    look: () => readablePosition(writer),
    onError: (error) => log.warn({ err: error }, 'the position of the feed could not be read; trying again'),
  });
  const stopNudges = startNudges({
    redis,
    channel: `${storeConfig.topicPrefix}status-feed.items`,
    progress,
    onItemsProjected: (listener) => context.onProjected(items.name, listener),
  });
  acceptOpaqueTokens(app, subjectTokenLookup(writer, clock));
  addSubjectTokenRoutes(app, prisma, clock);
  addItemRoutes(app, prisma, createItemSeen(context, progress));
  addFeedRoutes(app, { pool: writer, store, progress, held: watchHeld(log, context.metrics) });
  // Long polls are answered with what there is, before the app waits for its requests to end.
  app.addHook('preClose', async () => progress.close());
  app.addHook('onClose', async () => {
    stopNudges();
    await prisma.$disconnect();
  });
}
