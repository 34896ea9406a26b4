/** How records of clients belong together: two of one person, and who acts for whom. */
import type { App, FastifyReply, FastifyRequest } from '@vienuviet/http';
import { instant, oneOf, uuid } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { CommandAnswer, ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { type ClientCommand, grounds, mergeReasons } from './client.ts';
import { answer, aSubject, params, tags } from './client-view.ts';
import { answeredBefore, keepClient } from './keep-client.ts';
import { type Common, commonOf, ownClient } from './own-client.ts';
import { readClient } from './read-client.ts';

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
        return { type: 'merge', ...common, intoSubjectId: into.subjectId, into: into.state, reason };
      }),
  );

  app.post(
    '/v1/clients/:subjectId/undo-merge',
    {
      config: { policy: policies.clientsAtDesk, command: true },
      schema: { tags, summary: 'Say that the two records are two people after all', params, response: { 200: answer } },
    },
    (request, reply) => commanded(context, request, reply, async (common) => ({ type: 'undoMerge', ...common })),
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
        return { type: 'nameRepresentative', ...common, representativeId, representative, ground, validUntil: until };
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
        ...{ type: 'endRepresentative', ...common },
        representativeId: request.params.representativeId,
      })),
  );
}

/** A command that changes nothing of what the client is found by, on the very record that is named. */
async function commanded(
  context: ServiceContext,
  request: FastifyRequest<{ Params: { subjectId: string } }>,
  reply: FastifyReply,
  commandFor: (common: Common) => Promise<ClientCommand>,
): Promise<never> {
  const known: CommandAnswer | undefined = await answeredBefore(context, request, reply);
  if (known !== undefined) return known as never;
  const { subjectId } = request.params;
  await ownClient(context, request, subjectId);
  const client = await readClient(context.store, subjectId);
  const command = await commandFor(commonOf(context, request, subjectId));
  return (await keepClient(context, request, reply, { client, command })) as never;
}
