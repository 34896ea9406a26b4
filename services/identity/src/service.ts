import { type App, createRateLimiter } from '@vienuviet/http';
import { type DatabaseContext, defineDatabaseService } from '@vienuviet/service';
import { loadClients } from './clients/load-clients.ts';
import { openKeyRing } from './keys/key-ring.ts';
import { keyRoutes } from './keys/routes.ts';
import { createSeal } from './keys/sealing.ts';
import { refuseBeyondThisMachine } from './local-only.ts';
import { identityMigrations } from './migrations.ts';
import { type Directory, loadDirectory, nobody } from './people/directory.ts';
import { peopleRoutes } from './people/routes.ts';
import { postgresAdapter } from './provider/adapter.ts';
import { keepRemovingExpired } from './provider/clean-up.ts';
import { clientMetadata, registerClients } from './provider/clients.ts';
import { currentProvider } from './provider/current-provider.ts';
import { mountProvider } from './provider/mount.ts';
import { providerPages } from './provider/pages.ts';
import { optionalEnvironment, readIdentitySettings, requiredEnvironment } from './settings.ts';
import { canSignIn, samplePassword } from './sign-in/passwords.ts';
import { signInRoutes } from './sign-in/routes.ts';
import { tokenSeconds } from './tokens/issue-token.ts';
import { tokenRoutes } from './tokens/routes.ts';

/** How often an instance looks for a new signing key; well within the lead of one. */
const keyLookMs = 10_000;

/** Seconds that a key stays published after its last token: the tolerance of clocks, and twice that. */
const keyRestSeconds = tokenSeconds + 360;

/** Who is who: signing in for people, tokens for machines, the keys that they are checked with. */
export const identity = defineDatabaseService({
  name: 'identity',
  title: 'Identity',
  description: 'Signing in for people, tokens for machines, and the keys that every service checks tokens with.',
  environment: requiredEnvironment,
  optionalEnvironment,
  migrations: identityMigrations,
  routes: (context) => (app) => addRoutes(app, context),
});

async function addRoutes(app: App, context: DatabaseContext): Promise<void> {
  const { name, config, writer, redis, log, clock } = context;
  const settings = readIdentitySettings(config);
  if (!settings.production) refuseBeyondThisMachine(config.host);
  const { issuer } = config;
  const directory: Directory = settings.production ? nobody : await loadDirectory(settings.peopleFiles);
  const clients = await loadClients(settings.clientFiles, settings.clientKeysFolder);
  const machines = new Map(clients.filter(({ grants }) => grants.length > 0).map((client) => [client.name, client]));
  const checkPassword = settings.samplePasswordFile && (await samplePassword(settings.samplePasswordFile, directory));

  await registerClients(writer, clientMetadata(clients, settings.openApiOrigins));
  const ring = await openKeyRing({
    ...{ pool: writer, seal: createSeal(settings.sealSecret), log, clock, everyMs: keyLookMs },
    ...{ leadSeconds: settings.keyLeadSeconds, restSeconds: keyRestSeconds },
  });
  const stopRemoving = keepRemovingExpired(writer, log);
  app.addHook('onClose', async () => {
    await Promise.all([ring.close(), stopRemoving()]);
  });

  const current = currentProvider(
    issuer,
    ring,
    {
      cookieKeys: settings.cookieKeys,
      adapter: postgresAdapter(writer),
      pages: providerPages,
      person: (accountId) => {
        const person = directory.find(accountId);
        return person !== undefined && canSignIn(person) ? person : undefined;
      },
      machine: (clientId) => machines.get(clientId),
    },
    log,
  );
  // A mistake in the configuration shows now, not when the first person comes.
  current();
  keyRoutes(app, ring);
  mountProvider(app, { issuer, current, origins: settings.openApiOrigins });
  signInRoutes(app, {
    current,
    limiter: createRateLimiter({ name, redis, log, clock }),
    checkPassword: checkPassword || undefined,
  });
  if (settings.production) return;
  peopleRoutes(app, directory);
  tokenRoutes(app, { issuer, ring, directory, clock });
  log.info({ people: directory.size }, 'issuing tokens for sample people');
}
