/** How records of clients belong together: two of one person, and who acts for whom. */
import { type App, type FastifyReply, type FastifyRequest, refusalProblem } from '@vienuviet/http';
import { instant, oneOf, uuid } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { CommandAnswer, ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { statusOf } from '../commanding.ts';
import { subjectFact } from '../facts.ts';
import { grounds, mergeReasons } from './client.ts';
import { answer, aSubject, params, tags } from './client-view.ts';
import { answeredBefore, type Keeping, keepClient } from './keep-client.ts';
import { type Common, commonOf, ownClient } from './own-client.ts';
import { readClient } from './read-client.ts';

const mergedSql = `
  insert into intake.merged_client (subject_id, into_subject_id) values ($1, $2)
  on conflict (subject_id) do nothing`;

const erasedRefusal = {
  code: 'client_erased',
  message: 'What was kept of one of them is erased, or about to be.',
} as const;

export function addClientRelations(app: App, context: ServiceContext): void {
  addMerging(app, context);
  addRepresentatives(app, context);
}

function addMerging(app: App, context: ServiceContext): void {
  app.post(
    '/v1/clients/:subjectId/merge',
    {
      config: { policy: policies.clientsAtDesk, command: true },
      schema: {
        tags,
        summary: 'Say that this record and another are one person; the other one stays',
        params,
        body: Type.Object({
          intoSubjectId: uuid('The record that stays.'),
          reason: oneOf(mergeReasons, 'What showed it.'),
        }),
        response: { 200: answer },
      },
    },
    (request, reply) =>
      commanded(context, request, reply, async (common) => {
        const { intoSubjectId, reason } = request.body;
        const into = await ownClient(context, request, intoSubjectId);
        const facts = await Promise.all([
          subjectFact(context.store, common.subjectId),
          subjectFact(context.store, into.subjectId),
        ]);
        // Who is erased is erased with all their records: none comes to them meanwhile.
        if (facts.some(({ state }) => state.status !== 'kept'))
          throw refusalProblem(erasedRefusal, statusOf(erasedRefusal.code));
        return {
          command: { type: 'merge', ...common, intoSubjectId: into.subjectId, into: into.state, reason },
          reliesOn: facts.map(({ read }) => read),
          also: (tx) => tx.query(mergedSql, [common.subjectId, into.subjectId]),
        };
      }),
  );

  app.post(
    '/v1/clients/:subjectId/undo-merge',
    {
      config: { policy: policies.clientsAtDesk, command: true },
      schema: { tags, summary: 'Say that the two records are two people after all', params, response: { 200: answer } },
    },
    (request, reply) =>
      commanded(context, request, reply, async (common) => ({
        command: { type: 'undoMerge', ...common },
        also: (tx) => tx.query('delete from intake.merged_client where subject_id = $1', [common.subjectId]),
      })),
  );
}

function addRepresentatives(app: App, context: ServiceContext): void {
  app.post(
    '/v1/clients/:subjectId/representatives',
    {
      config: { policy: policies.clientsAtDesk, command: true },
      schema: {
        tags,
        summary: 'Name who acts for the client',
        params,
        body: Type.Object({
          representativeId: uuid('A client of their own.'),
          ground: oneOf(grounds, 'By what right.'),
          validUntil: Type.Optional(instant('Until when; nothing is said when not given.')),
        }),
        response: { 200: answer },
      },
    },
    (request, reply) =>
      commanded(context, request, reply, async (common) => {
        const { representativeId, ground, validUntil } = request.body;
        const { state: representative } = await ownClient(context, request, representativeId);
        const until = validUntil === undefined ? null : Date.parse(validUntil);
        const named = { representativeId, representative, ground, validUntil: until };
        return { command: { type: 'nameRepresentative', ...common, ...named } };
      }),
  );

  app.post(
    '/v1/clients/:subjectId/representatives/:representativeId/end',
    {
      config: { policy: policies.clientsAtDesk, command: true },
      schema: {
        tags,
        summary: 'Somebody acts for the client no more',
        params: Type.Object({ subjectId: aSubject, representativeId: aSubject }),
        response: { 200: answer },
      },
    },
    (request, reply) =>
      commanded(context, request, reply, async (common) => ({
        command: { type: 'endRepresentative', ...common, representativeId: request.params.representativeId },
      })),
  );
}

/** A command that changes nothing of what the client is found by, on the very record that is named. */
async function commanded(
  context: ServiceContext,
  request: FastifyRequest<{ Params: { subjectId: string } }>,
  reply: FastifyReply,
  keepingFor: (common: Common) => Promise<Omit<Keeping, 'client'>>,
): Promise<never> {
  const known: CommandAnswer | undefined = await answeredBefore(context, request, reply);
  if (known !== undefined) return known as never;
  const { subjectId } = request.params;
  await ownClient(context, request, subjectId);
  const client = await readClient(context.store, subjectId);
  const keeping = await keepingFor(commonOf(context, request, subjectId));
  return (await keepClient(context, request, reply, { client, ...keeping })) as never;
}
