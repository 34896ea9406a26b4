import { type App, type FastifyReply, type FastifyRequest, noteAccess, type RateLimiter } from '@vienuviet/http';
import { field, formRoutes, languageOfRequest, pageOptions, sendPage, tell } from '../sign-in/forms.ts';
import type { Interaction, Shown, Steps } from '../sign-in/steps.ts';
import { secondsToWaitForCode } from './attempts.ts';
import { newSecret, stepOf } from './codes.ts';
import { type CodeError, codePage } from './page.ts';
import type { SecondFactors } from './store.ts';

export interface SecondFactorSettings {
  readonly steps: Steps;
  readonly factors: SecondFactors;
  readonly limiter: RateLimiter;
  readonly clock: () => Date;
}

/** The page of the second factor, after the first one was shown: adds a device where there is none, then asks for a code. */
export function secondFactorRoutes(app: App, { steps, factors, limiter, clock }: SecondFactorSettings): void {
  formRoutes(app, (routes) => {
    routes.get('/sign-in/:uid/code', pageOptions, async (request, reply) => {
      const at = await whoIsHere(request, reply);
      return at === undefined ? tell(request, reply, 'expired', 400) : showForm(request, reply, at);
    });

    routes.post('/sign-in/:uid/code', pageOptions, async (request, reply) => {
      const at = await whoIsHere(request, reply);
      if (at === undefined) return tell(request, reply, 'expired', 400);
      if (field(request, 'cancel') === 'yes') return steps.turnBack(request, reply);
      const { accountId, how, amr } = at.shown;
      const code = field(request, 'code').replaceAll(/\s/g, '');
      if (code === '') return showForm(request, reply, at, 'codeMissing', 400);
      const wait = await secondsToWaitForCode(limiter, accountId);
      if (wait !== undefined) {
        noteAccess(request, 'refused', 'code_slowed', accountId);
        reply.header('retry-after', String(wait));
        return showForm(request, reply, at, 'tooMany', 429);
      }
      if (!(await isRight(request, at, code))) {
        request.log.info({ event: 'code_refused', actorId: accountId }, 'a wrong code of a second factor');
        noteAccess(request, 'refused', 'code_refused', accountId);
        return showForm(request, reply, at, 'codeWrong', 400);
      }
      const both = { ...at.shown, how: `${how}_and_code`, amr: [...new Set([...amr, 'otp', 'mfa'])], twoFactors: true };
      return steps.complete(request, reply, both);
    });
  });

  type Here = { readonly interaction: Interaction; readonly shown: Shown };

  /** Who has shown the first factor in this sign-in. */
  async function whoIsHere(request: FastifyRequest, reply: FastifyReply): Promise<Here | undefined> {
    const interaction = await steps.interactionOf(request, reply);
    const shown = interaction && steps.shownIn(interaction);
    return interaction && shown && { interaction, shown };
  }

  /** Whether the code is right, for the device or for the secret that was shown; used up with the answer. */
  async function isRight(request: FastifyRequest, { interaction, shown }: Here, code: string): Promise<boolean> {
    const { accountId } = shown;
    const confirmed = await factors.find(accountId);
    const secret = confirmed ?? (await factors.shown(accountId, interaction.uid));
    const step = secret === undefined ? undefined : stepOf(secret, code, clock());
    if (step === undefined) return false;
    if (confirmed !== undefined) return factors.use(accountId, step);
    const added = await factors.confirm(accountId, interaction.uid, step);
    if (added) {
      request.log.info({ event: 'second_factor_added', actorId: accountId }, 'somebody added a second factor');
      noteAccess(request, 'operated', 'second_factor_added', accountId);
    }
    return added;
  }

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    { interaction, shown: { accountId } }: Here,
    error?: CodeError,
    status = 200,
  ): Promise<FastifyReply> {
    const { name, origins } = await steps.applicationOf(interaction);
    const secret = await factors.show(accountId, interaction.uid, newSecret);
    const text = codePage({
      language: languageOfRequest(request, interaction.params['ui_locales']),
      address: `/sign-in/${interaction.uid}/code`,
      application: name,
      enrolment: secret === undefined ? undefined : { secret, accountId },
      error,
    });
    return sendPage(reply, text, { status, formOrigins: origins });
  }
}
