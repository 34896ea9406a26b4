import { type App, type FastifyReply, type FastifyRequest, noteAccess } from '@vienuviet/http';
import { IdentityError } from '../../errors.ts';
import { asksTwoFactors } from '../assurance.ts';
import { formRoutes, languageOfRequest, pageOptions, parameter, tell } from '../forms.ts';
import type { Interaction, Steps } from '../steps.ts';
import type { Pending } from './pending.ts';
import type { Kept, Upstream, UpstreamPerson } from './upstream.ts';

/** The account of a person of an upstream provider; undefined for somebody who was given none. */
export type AccountOfUpstream = (issuer: string, subject: string) => Promise<string | undefined>;

export type SendUpstream = (
  request: FastifyRequest,
  reply: FastifyReply,
  interaction: Interaction,
) => Promise<FastifyReply>;

export interface UpstreamRouteSettings {
  readonly issuer: string;
  readonly steps: Steps;
  readonly upstream: Upstream;
  readonly pending: Pending<Kept & { uid: string }>;
  readonly accountOfUpstream: AccountOfUpstream;
}

/** A working day, as long as a session here: who signed in there longer ago is asked again. */
const longestAge = 12 * 3_600;

/** `state` begins with the id of the sign-in that it belongs to. */
const stateForm = /^([\w-]{21,64})\.[\w-]{43}$/;

/** What comes back from the provider; its words are not read. */
const returned = ['code', 'state', 'iss', 'error'] as const;

/**
 * The way back from the upstream provider. It returns to one address, registered there; from it the browser goes to the
 * sign-in's own, where alone it shows the cookie that the sign-in is bound to: an answer that somebody else was given
 * is good for nothing.
 */
export function upstreamRoutes(app: App, settings: UpstreamRouteSettings): SendUpstream {
  const { issuer, steps, upstream, pending, accountOfUpstream } = settings;
  formRoutes(app, (routes) => {
    routes.get('/sign-in/upstream/callback', pageOptions, async (request, reply) => {
      const [, uid] = stateForm.exec(parameter(request, 'state')) ?? [];
      if (uid === undefined) return refuse(request, reply, 'upstream_state');
      return reply.redirect(`/sign-in/${uid}/upstream?${answerOf(request)}`, 303);
    });

    routes.get('/sign-in/:uid/upstream', pageOptions, async (request, reply) => {
      const interaction = await steps.interactionOf(request, reply);
      if (interaction === undefined) return tell(request, reply, 'expired', 400);
      const kept = await pending.take(parameter(request, 'state'));
      if (kept?.uid !== interaction.uid) return refuse(request, reply, 'upstream_state', interaction.uid);
      try {
        const address = new URL(`/sign-in/upstream/callback?${answerOf(request)}`, issuer);
        return await comeBack(request, reply, interaction, await upstream.redeem(address, kept));
      } catch (error) {
        return fail(request, reply, interaction.uid, error);
      }
    });
  });

  async function comeBack(
    request: FastifyRequest,
    reply: FastifyReply,
    interaction: Interaction,
    { issuer: source, subject, amr, at, twoFactors }: UpstreamPerson,
  ): Promise<FastifyReply> {
    const accountId = await accountOfUpstream(source, subject);
    if (accountId === undefined) {
      request.log.info({ event: 'sign_in_refused', code: 'no_account' }, 'somebody without an account signed in');
      noteAccess(request, 'refused', 'no_account');
      return tell(request, reply, 'noAccount', 403);
    }
    return steps.proceed(request, reply, interaction, { accountId, how: 'upstream', amr, at, twoFactors });
  }

  function fail(request: FastifyRequest, reply: FastifyReply, uid: string, error: unknown): FastifyReply {
    if (!(error instanceof IdentityError)) throw error;
    if (error.code === 'upstream_answer' || error.code === 'upstream_denied') {
      return refuse(request, reply, error.code, uid, error);
    }
    if (error.code !== 'upstream_away') throw error;
    request.log.warn({ err: error, event: 'upstream_away' }, 'the upstream provider does not answer');
    reply.header('retry-after', '30');
    return tell(request, reply, 'upstreamAway', 503, `/sign-in/${uid}`);
  }

  function refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    code: 'upstream_state' | 'upstream_answer' | 'upstream_denied',
    uid?: string,
    error?: IdentityError,
  ): FastifyReply {
    // Of the cause its code alone: the answer holds a code and a token.
    const { code: why } = (error?.cause ?? {}) as { code?: unknown };
    request.log.warn({ event: 'sign_in_refused', code, why }, 'an answer of the upstream provider was refused');
    noteAccess(request, 'refused', code);
    const again = uid === undefined ? undefined : `/sign-in/${uid}`;
    return tell(request, reply, code === 'upstream_denied' ? 'upstreamDenied' : 'upstreamRefused', 400, again);
  }

  return async (request, reply, interaction) => {
    const { uid, params, prompt } = interaction;
    try {
      const { address, kept } = await upstream.begin({
        uid,
        language: languageOfRequest(request, params['ui_locales']),
        maxAge: maxAgeOf(params, prompt.reasons),
        askTwoFactors: asksTwoFactors(params),
      });
      await pending.put(kept.state, { ...kept, uid });
      return reply.redirect(address.href, 303);
    } catch (error) {
      return fail(request, reply, uid, error);
    }
  };
}

/** How old a sign-in there may be: as the application asks, and not old at all where it asks to sign in anew. */
function maxAgeOf(params: Readonly<Record<string, unknown>>, reasons: readonly string[]): number {
  if (reasons.includes('login_prompt')) return 0;
  const { max_age: asked } = params;
  return asked === undefined ? longestAge : Math.min(Number(asked), longestAge);
}

const answerOf = (request: FastifyRequest): URLSearchParams =>
  new URLSearchParams(
    returned.map((name) => [name, parameter(request, name)]).filter(([, value]) => value !== '') as [string, string][],
  );
