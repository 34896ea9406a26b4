/** Who acts for somebody who is away. */
import { randomUUID } from 'node:crypto';
import type { App } from '@vienuviet/http';
import { instant, uuid, written } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { CommandAnswer, ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { type AccountRoutesSettings, byCaller, command, requireVisible } from './acting-caller.ts';
import { accountId } from './route-schemas.ts';

export function substituteRoutes(app: App, context: ServiceContext, settings: AccountRoutesSettings): void {
  app.post(
    '/v1/accounts/:accountId/substitutes',
    {
      config: { policy: policies.accountRead, command: true, operates: true },
      schema: {
        tags: ['accounts'],
        summary: 'Name who acts with these roles while the person is away: the own, or those that one may give',
        params: Type.Object({ accountId }),
        body: Type.Object({
          substituteId: accountId,
          startsAt: Type.Optional(instant('From when; at once when not given.')),
          endsAt: instant('Until when; 366 days at most.'),
        }),
        response: { 201: Type.Object({ ...written, absenceId: Type.String() }) },
      },
    },
    async (request, reply) => {
      await requireVisible(context, request, request.params.accountId);
      const { substituteId, startsAt, endsAt } = request.body;
      const act = await byCaller(context, settings, request, request.params.accountId);
      const absence = {
        absenceId: randomUUID(),
        substituteId,
        startsAt: startsAt === undefined ? act.now : Date.parse(startsAt),
        endsAt: Date.parse(endsAt),
      };
      const substitute = await settings.accounts.load(substituteId);
      const naming = { type: 'name_substitute', ...act, absence, substitute } as const;
      const answer = await command(context, request, reply, naming, (account) => ({
        absenceId: account.absences.at(-1)?.absenceId ?? '',
      }));
      reply.code(201);
      return answer as CommandAnswer & { absenceId: string };
    },
  );

  app.post(
    '/v1/accounts/:accountId/substitutes/:absenceId/end',
    {
      config: { policy: policies.accountRead, command: true, operates: true },
      schema: {
        tags: ['accounts'],
        summary: 'The person is back: nobody acts with these roles any more',
        params: Type.Object({ accountId, absenceId: uuid('The absence.') }),
        response: { 200: Type.Object(written) },
      },
    },
    async (request, reply) => {
      const { accountId: id, absenceId } = request.params;
      await requireVisible(context, request, id);
      const act = await byCaller(context, settings, request, id);
      return command(context, request, reply, { type: 'end_substitute', ...act, absenceId });
    },
  );
}
