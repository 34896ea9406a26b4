import type { App, FastifyReply, FastifyRequest } from '@vienuviet/http';
import type { Acting } from '../accounts/acting.ts';
import { field, formRoutes, languageOfRequest, pageOptions, sendPage, tell } from '../sign-in/forms.ts';
import type { Interaction, Steps } from '../sign-in/steps.ts';
import { noRolePage, rolePage } from './page.ts';

export interface RoleSettings {
  readonly steps: Steps;
  readonly acting: Acting;
}

/** The page on which somebody who has several roles chooses one, in the middle of the way back to an application. */
export function roleRoutes(app: App, { steps, acting }: RoleSettings): void {
  formRoutes(app, (routes) => {
    routes.get('/sign-in/:uid/role', pageOptions, async (request, reply) => {
      const interaction = await steps.interactionOf(request, reply);
      if (interaction === undefined) return tell(request, reply, 'expired', 400);
      return show(request, reply, interaction);
    });

    routes.post('/sign-in/:uid/role', pageOptions, async (request, reply) => {
      const interaction = await steps.interactionOf(request, reply);
      if (interaction === undefined) return tell(request, reply, 'expired', 400);
      if (field(request, 'cancel') === 'yes') return steps.turnBack(request, reply);
      const role = (await rolesOf(interaction)).find((held) => held === field(request, 'role'));
      if (role === undefined) return show(request, reply, interaction, 400);
      return steps.actAs(request, reply, role);
    });
  });

  const rolesOf = async ({ session }: Interaction) =>
    (session?.accountId === undefined ? undefined : await acting.find(session.accountId))?.roles ?? [];

  async function show(request: FastifyRequest, reply: FastifyReply, interaction: Interaction, status = 200) {
    const roles = await rolesOf(interaction);
    const { origins } = await steps.applicationOf(interaction);
    const language = languageOfRequest(request, interaction.params['ui_locales']);
    const form = { language, address: `/sign-in/${interaction.uid}/role` };
    if (roles.length === 0) return sendPage(reply, noRolePage(form), { status: 403, formOrigins: origins });
    return sendPage(reply, rolePage({ ...form, roles }), { status, formOrigins: origins });
  }
}
