import { type FastifyReply, type FastifyRequest, noteAccess, oneFactor, type Role, twoFactors } from '@vienuviet/http';
import { errors } from 'oidc-provider';
import type { RunningProvider } from '../provider/current-provider.ts';
import { asksTwoFactors } from './assurance.ts';

export type Interaction = Awaited<ReturnType<RunningProvider['provider']['interactionDetails']>>;

/** What somebody has shown so far. */
export interface Shown {
  readonly accountId: string;
  /** How: `password`, `upstream`, or `session` where an earlier sign-in goes on. For the record of access. */
  readonly how: string;
  /** Methods, as in RFC 8176. */
  readonly amr: readonly string[];
  /** Seconds since 1970. */
  readonly at: number;
  /** Whether these were two factors already. */
  readonly twoFactors: boolean;
}

export interface StepSettings {
  readonly current: () => RunningProvider;
  /** Whether this account signs in with two factors, whatever the application asks for. */
  readonly needsSecondFactor: (accountId: string) => Promise<boolean>;
  /** Whether the account has a device that shows codes. */
  readonly hasSecondFactor: (accountId: string) => Promise<boolean>;
}

export type Steps = ReturnType<typeof signInSteps>;

/**
 * The steps of a sign-in, from an application and back to it. What was shown in the first step is kept with the
 * interaction, in the database: the browser only holds the cookie that the interaction is bound to.
 */
export function signInSteps({ current, needsSecondFactor, hasSecondFactor }: StepSettings) {
  /** What the cookie says that this sign-in is about; undefined when it is over, or somebody else's. */
  async function interactionOf(request: FastifyRequest, reply: FastifyReply): Promise<Interaction | undefined> {
    try {
      const interaction = await current().provider.interactionDetails(request.raw, reply.raw);
      return interaction.uid === (request.params as { uid: string }).uid ? interaction : undefined;
    } catch (error) {
      if (error instanceof errors.SessionNotFound) return undefined;
      throw error;
    }
  }

  async function keep(request: FastifyRequest, reply: FastifyReply, result: object): Promise<string> {
    const settings = { mergeWithLastSubmission: false };
    return current().provider.interactionResult(request.raw, reply.raw, result as never, settings);
  }

  /** Goes back to the application with a sign-in, and puts it on record. */
  async function complete(request: FastifyRequest, reply: FastifyReply, shown: Shown): Promise<FastifyReply> {
    const { accountId, how, at } = shown;
    request.log.info({ event: 'signed_in', actorId: accountId, how }, 'somebody signed in');
    noteAccess(request, 'signed_in', how, accountId);
    const acr = shown.twoFactors ? twoFactors : oneFactor;
    const login = { accountId, acr, amr: [...shown.amr], ts: at, remember: true };
    return reply.redirect(await keep(request, reply, { login }), 303);
  }

  return {
    interactionOf,
    complete,

    /** After the first step: on to the second factor where one is needed, otherwise back to the application. */
    async proceed(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, shown: Shown) {
      const enough =
        shown.twoFactors || !(asksTwoFactors(interaction.params) || (await needsSecondFactor(shown.accountId)));
      if (enough) return complete(request, reply, shown);
      await keep(request, reply, { shown });
      return reply.redirect(`/sign-in/${interaction.uid}/code`, 303);
    },

    shownIn: ({ result }: Interaction): Shown | undefined => result?.['shown'] as Shown | undefined,

    /** Goes on with the role that somebody who is signed in chose. */
    async actAs(request: FastifyRequest, reply: FastifyReply, role: Role): Promise<FastifyReply> {
      return reply.redirect(await keep(request, reply, { role }), 303);
    },

    async turnBack(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
      const result = { error: 'access_denied', error_description: 'the person did not sign in' };
      return reply.redirect(await keep(request, reply, result), 303);
    },

    /**
     * What the session of this browser shows, where nothing is missing but a code. Who has no device yet shows the first
     * factor again: whoever found a browser open must not add one.
     */
    async shownBySession({ prompt, session }: Interaction): Promise<Shown | undefined> {
      if (session === undefined || prompt.reasons.some((reason) => reason !== 'second_factor')) return undefined;
      const found = await current().provider.Session.findByUid(session.uid);
      if (found?.accountId === undefined || found.loginTs === undefined) return undefined;
      const { accountId, amr = [], loginTs: at } = found;
      if (!(await hasSecondFactor(accountId))) return undefined;
      // The time stays that of the earlier step: a code alone does not make an old password a new one.
      return { accountId, how: 'session', amr, at, twoFactors: false };
    },

    /**
     * The name of the application that somebody signs in to, and where its browser goes after the form: to the origin of
     * its answer, and from there to others that it registered. A browser that holds `form-action` against redirects
     * holds it against all of them, and stays on the page without a word.
     */
    async applicationOf({ params }: Interaction): Promise<{ name: string; origins: string[] }> {
      const { client_id: clientId, redirect_uri: redirectUri } = params;
      const client = await current().provider.Client.find(String(clientId));
      const addresses = [String(redirectUri), ...(client?.redirectUris ?? [])];
      const origins = new Set(addresses.map((address) => new URL(address).origin));
      return { name: client?.clientName ?? String(clientId), origins: [...origins] };
    },
  };
}
