import { type App, type FastifyReply, type FastifyRequest, noteAccess, type RateLimiter } from '@vienuviet/http';
import { secondsToWait } from './attempts.ts';
import { field, formRoutes, languageOfRequest, pageOptions, sendPage, tell } from './forms.ts';
import { type SignInError, signInPage } from './page.ts';
import type { CheckPassword } from './passwords.ts';
import type { Interaction, Steps } from './steps.ts';
import type { SendUpstream } from './upstream/routes.ts';

export interface SignInSettings {
  readonly steps: Steps;
  readonly limiter: RateLimiter;
  readonly clock: () => Date;
  readonly sharedAddresses: readonly string[];
  /** Undefined where people do not sign in with passwords. */
  readonly checkPassword: CheckPassword | undefined;
  /** Whether there is such an account: what is typed otherwise may be a password, and is not recorded. */
  readonly isAccount: (name: string) => boolean | Promise<boolean>;
  /** Sends people to the provider of the institutions; undefined where there is none. */
  readonly sendUpstream: SendUpstream | undefined;
}

const longestAccount = 128;
const longestPassword = 256;

/** The page on which a person signs in, in the middle of the way from an application and back to it. */
export function signInRoutes(app: App, settings: SignInSettings): void {
  const { steps, limiter, clock, sharedAddresses, checkPassword, isAccount, sendUpstream } = settings;
  formRoutes(app, (routes) => {
    routes.get('/sign-in/:uid', pageOptions, async (request, reply) => {
      const interaction = await steps.interactionOf(request, reply);
      if (interaction === undefined) return tell(request, reply, 'expired', 400);
      const shown = await steps.shownBySession(interaction);
      if (shown !== undefined) return steps.proceed(request, reply, interaction, shown);
      if (sendUpstream !== undefined) return sendUpstream(request, reply, interaction);
      if (checkPassword === undefined) return tell(request, reply, 'unavailable', 503);
      return showForm(request, reply, interaction, {});
    });

    routes.post('/sign-in/:uid', pageOptions, async (request, reply) => {
      const interaction = await steps.interactionOf(request, reply);
      if (interaction === undefined) return tell(request, reply, 'expired', 400);
      if (checkPassword === undefined || sendUpstream !== undefined) return tell(request, reply, 'unavailable', 503);
      if (field(request, 'cancel') === 'yes') return steps.turnBack(request, reply);
      const account = field(request, 'account').trim().toLowerCase();
      const password = field(request, 'password');
      const missing: SignInError[] = [
        ...(account === '' ? (['accountMissing'] as const) : []),
        ...(password === '' ? (['passwordMissing'] as const) : []),
      ];
      if (missing.length > 0) return showForm(request, reply, interaction, { account, errors: missing, status: 400 });
      if (account.length > longestAccount || password.length > longestPassword) {
        return showForm(request, reply, interaction, { errors: ['wrong'], status: 400 });
      }
      const isShared = sharedAddresses.includes(request.ip);
      const wait = await secondsToWait(limiter, { account, address: request.ip, isShared });
      if (wait !== undefined) {
        await refuse(request, 'sign_in_slowed', account);
        reply.header('retry-after', String(wait));
        return showForm(request, reply, interaction, { account, errors: ['tooMany'], status: 429 });
      }
      const person = await checkPassword(account, password);
      if (person === undefined) {
        await refuse(request, 'sign_in_refused', account);
        return showForm(request, reply, interaction, { account, errors: ['wrong'], status: 400 });
      }
      const at = Math.floor(clock().getTime() / 1000);
      const shown = { accountId: person.name, how: 'password', amr: ['pwd'], at, twoFactors: false };
      return steps.proceed(request, reply, interaction, shown);
    });
  });

  async function refuse(request: FastifyRequest, code: 'sign_in_slowed' | 'sign_in_refused', account: string) {
    const tried = (await isAccount(account)) ? account : undefined;
    request.log.info({ event: code, tried }, 'a sign-in was refused');
    noteAccess(request, 'refused', code, tried);
  }

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    interaction: Interaction,
    { status = 200, ...form }: { account?: string; errors?: readonly SignInError[]; status?: number },
  ): Promise<FastifyReply> {
    const { name, origins } = await steps.applicationOf(interaction);
    const text = signInPage({
      ...form,
      language: languageOfRequest(request, interaction.params['ui_locales']),
      address: `/sign-in/${interaction.uid}`,
      application: name,
    });
    return sendPage(reply, text, { status, formOrigins: origins });
  }
}
