import { asCaller, systemScope } from '@vienuviet/database';
import type { App } from '@vienuviet/http';
import { needsSecondFactor } from '@vienuviet/policies';
import { defineService, type ServiceContext } from '@vienuviet/service';
import { openAccounts } from './accounts/open-accounts.ts';
import { accounts as accountsProjection } from './accounts/projection.ts';
import { grantsAt } from './accounts/queries.ts';
import { accountRoutes } from './accounts/routes.ts';
import { loadClients } from './clients/load-clients.ts';
import { isSubject } from './directories/account-of-subject.ts';
import { serveDirectories } from './directories/serve-directories.ts';
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
import { addSignIn } from './sign-in/add-sign-in.ts';
import { openPending } from './sign-in/upstream/pending.ts';
import { signedOutUpstreamRoute, signOutUpstream } from './sign-in/upstream/sign-out.ts';
import { openUpstream } from './sign-in/upstream/upstream.ts';
import { tokenRoutes } from './tokens/routes.ts';
import { tokenSeconds } from './tokens/token-seconds.ts';

/** How often an instance looks for a new signing key; well within the lead of one. */
const keyLookMs = 10_000;

/** Seconds that a key stays published after its last token: the tolerance of clocks, and twice that. */
const keyRestSeconds = tokenSeconds + 360;

/** Who is who and who may what: accounts, signing in for people, tokens for machines, the keys they are checked with. */
export const identity = defineService({
  name: 'identity',
  title: 'Identity',
  description: 'Signing in for people, tokens for machines, and the keys that every service checks tokens with.',
  environment: requiredEnvironment,
  optionalEnvironment,
  migrations: identityMigrations,
  projections: [accountsProjection],
  reactions: [],
  routes: (context) => (app) => addRoutes(app, context),
});

async function addRoutes(app: App, context: ServiceContext): Promise<void> {
  const { name, config, writer, log, clock } = context;
  const settings = readIdentitySettings(config);
  if (!settings.production) refuseBeyondThisMachine(config.host);
  const { issuer } = config;
  const directory: Directory = settings.production ? nobody : await loadDirectory(settings.peopleFiles);
  const clients = await loadClients(settings.clientFiles, settings.clientKeysFolder);
  const machines = new Map(clients.filter(({ grants }) => grants.length > 0).map((client) => [client.name, client]));

  await registerClients(writer, clientMetadata(clients, settings.openApiOrigins));
  const ring = await openKeyRing({
    ...{ pool: writer, seal: createSeal(settings.sealSecret), log, clock, everyMs: keyLookMs },
    ...{ leadSeconds: settings.keyLeadSeconds, restSeconds: keyRestSeconds },
  });
  const stopRemoving = keepRemovingExpired(writer, log);
  app.addHook('onClose', async () => {
    await Promise.all([ring.close(), stopRemoving()]);
  });

  const accounts = await openAccounts(context, directory);
  const upstream = settings.upstream && (await openUpstream(settings.upstream, issuer));
  const signingOut = openPending<{ returnTo: string }>(writer, 'UpstreamSignOut');
  const asksSecondFactor = async (accountId: string): Promise<boolean> =>
    settings.secondFactor &&
    needsSecondFactor(((await accounts.acting.find(accountId))?.roles ?? []).map((role) => ({ role })));
  const current = currentProvider(
    issuer,
    ring,
    {
      cookieKeys: settings.cookieKeys,
      adapter: postgresAdapter(writer),
      pages: providerPages,
      people: accounts.acting,
      signedOut: accounts.signedOut,
      machine: (clientId) => machines.get(clientId),
      needsSecondFactor: asksSecondFactor,
      signOutUpstream: upstream && signOutUpstream({ issuer, upstream, pending: signingOut }),
    },
    log,
  );
  // A mistake in the configuration shows now, not when the first person comes.
  current();
  keyRoutes(app, ring);
  const directories = await serveDirectories(app, {
    ...{ files: settings.directoryFiles, ldapSeconds: settings.ldapSyncSeconds, issuer, writer, log, clock },
    follow: accounts.followDirectory,
  });
  mountProvider(app, {
    ...{ issuer, current, origins: settings.openApiOrigins, oneAddress: settings.sharedAddresses.length > 0 },
  });
  accountRoutes(app, context, {
    accounts: accounts.store,
    sampleTitle: (accountId) => directory.find(accountId)?.title,
    loginSource: settings.upstream?.issuer,
    isOfDirectory: (login) => isSubject(writer, directories, login),
  });
  if (upstream) signedOutUpstreamRoute(app, { pending: signingOut });
  await addSignIn(app, context, {
    ...{ settings, directory, directories, accounts, current, upstream, needsSecondFactor: asksSecondFactor },
  });
  if (settings.production) return;
  peopleRoutes(app, directory, (names) => asCaller(writer, systemScope(name), (tx) => grantsAt(tx, names, clock())));
  tokenRoutes(app, { issuer, ring, directory, acting: accounts.acting });
  log.info({ people: directory.size }, 'issuing tokens for sample people');
}
