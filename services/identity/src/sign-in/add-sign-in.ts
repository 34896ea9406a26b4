import { type App, createRateLimiter } from '@vienuviet/http';
import type { ServiceContext } from '@vienuviet/service';
import type { Accounts } from '../accounts/open-accounts.ts';
import { accountOfSubject } from '../directories/account-of-subject.ts';
import type { InstitutionDirectory } from '../directories/directory.ts';
import { createSeal } from '../keys/sealing.ts';
import type { Directory } from '../people/directory.ts';
import type { RunningProvider } from '../provider/current-provider.ts';
import { roleRoutes } from '../roles/routes.ts';
import { secondFactorResetRoute } from '../second-factor/reset-route.ts';
import { secondFactorRoutes } from '../second-factor/routes.ts';
import { openSecondFactors } from '../second-factor/store.ts';
import type { IdentitySettings } from '../settings.ts';
import { canSignIn, samplePassword } from './passwords.ts';
import { signInRoutes } from './routes.ts';
import { signInSteps } from './steps.ts';
import { openPending } from './upstream/pending.ts';
import { upstreamRoutes } from './upstream/routes.ts';
import type { Upstream } from './upstream/upstream.ts';

/** Everything on the way of a sign-in: at the provider of the institutions or here, the second factor, the role. */
export async function addSignIn(
  app: App,
  { name, config, writer, redis, log, clock }: ServiceContext,
  parts: {
    readonly settings: IdentitySettings;
    readonly directory: Directory;
    readonly directories: readonly InstitutionDirectory[];
    readonly accounts: Accounts;
    readonly current: () => RunningProvider;
    readonly upstream: Upstream | undefined;
    needsSecondFactor(accountId: string): Promise<boolean>;
  },
): Promise<void> {
  const { settings, directory, directories, accounts, current, upstream, needsSecondFactor } = parts;
  const limiter = createRateLimiter({ name, redis, log, clock });
  const factors = openSecondFactors(writer, createSeal(settings.sealSecret, 'second factors'));
  const hasSecondFactor = async (accountId: string) => (await factors.find(accountId)) !== undefined;
  const steps = signInSteps({ current, needsSecondFactor, hasSecondFactor });
  const isSample = (accountId: string) => {
    const person = directory.find(accountId);
    return person !== undefined && canSignIn(person);
  };
  const sendUpstream =
    upstream &&
    upstreamRoutes(app, {
      ...{ issuer: config.issuer, steps, upstream },
      pending: openPending(writer, 'UpstreamSignIn'),
      // Sample people may be tried there too: by the name of the account.
      accountOfUpstream: async (issuer, subject) =>
        (await accounts.accountOfUpstream(issuer, subject)) ??
        (await accountOfSubject(writer, directories, subject)) ??
        (isSample(subject) ? subject : undefined),
    });
  const { samplePasswordFile } = settings;
  signInRoutes(app, {
    ...{ steps, limiter, clock, sendUpstream },
    checkPassword: samplePasswordFile === undefined ? undefined : await samplePassword(samplePasswordFile, directory),
    isAccount: isSample,
    sharedAddresses: settings.sharedAddresses,
  });
  roleRoutes(app, { steps, acting: accounts.acting });
  secondFactorRoutes(app, { steps, factors, limiter, clock });
  secondFactorResetRoute(app, factors);
}
