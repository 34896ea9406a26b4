/** The network of centres: opened, changed, closed; listed, also by who is open at an instant. */
import { randomUUID } from 'node:crypto';
import {
  type App,
  afterQuery,
  callerOf,
  cursorFormat,
  idempotencyOf,
  markReplayed,
  notFound,
  pageOf,
  pageOfRows,
  pagingQuery,
  problem,
  refusalProblem,
} from '@vienuviet/http';
import { instant, slug, uuid, written } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { ServiceContext } from '@vienuviet/service';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { Centre, PrismaClient } from '../../generated/prisma/client.ts';
import { execute, statusOf } from '../commanding.ts';
import { readByPrisma } from '../reading.ts';
import { type CentreCommand, centreDecider } from './centre.ts';
import { centreSchema, originSchema, recordFields, viewCentre } from './centre-view.ts';
import { closeCentre } from './close-centre.ts';

const aCentre = uuid('The centre.');
const params = Type.Object({ centreId: aCentre });
const answer = Type.Object({ centreId: aCentre, ...written });

const places = cursorFormat('centres.1', Type.Object({ sortName: Type.String(), centreId: aCentre }));
const usualLimit = 100;

export function addCentreRoutes(app: App, context: ServiceContext, prisma: PrismaClient): void {
  addCommands(app, context);
  addList(app, context, prisma);
  addOne(app, context, prisma);
}

function addCommands(app: App, context: ServiceContext): void {
  app.post(
    '/v1/centres',
    {
      config: { policy: policies.centresKeep, command: true },
      schema: {
        tags: ['centres'],
        summary: 'Open a centre',
        body: Type.Object({
          centreId: Type.Optional(uuid('An id made elsewhere; a random one when not given.')),
          ...recordFields,
          origin: originSchema,
        }),
        response: { 201: answer },
      },
    },
    async (request, reply) => {
      const { centreId = randomUUID(), ...record } = request.body;
      const result = await command(context, request, reply, {
        type: 'open',
        ...common(context, request, centreId),
        ...record,
      });
      reply.code(201);
      return result;
    },
  );

  app.post(
    '/v1/centres/:centreId/change',
    {
      config: { policy: policies.centresKeep, command: true },
      schema: {
        tags: ['centres'],
        summary: 'Change what is given; what is not given stays',
        params,
        body: Type.Partial(Type.Object(recordFields)),
        response: { 200: answer },
      },
    },
    async (request, reply) => {
      const { centreId } = request.params;
      const changing = { type: 'change', ...common(context, request, centreId), ...request.body } as CentreCommand;
      return command(context, request, reply, changing);
    },
  );

  app.post(
    '/v1/centres/:centreId/close',
    {
      config: { policy: policies.centresKeep, command: true },
      schema: {
        tags: ['centres'],
        summary: 'Close a centre for good; refused while it has open cases',
        params,
        response: { 200: answer },
      },
    },
    async (request, reply) => {
      const { centreId } = request.params;
      const result = await closeCentre(context, {
        centreId,
        actorId: callerOf(request).id,
        command: idempotencyOf(request),
        answer: (version) => JSON.stringify({ stream: `centre-${centreId}`, version, centreId }),
      });
      if (result.outcome === 'refused') {
        if (result.refusal.code === 'centre_not_found') throw notFound();
        throw refusalProblem(result.refusal, statusOf(result.refusal.code));
      }
      if (result.outcome === 'key_reused') throw problem('idempotency_key_reused');
      if (result.outcome === 'known_command') markReplayed(reply);
      return JSON.parse(result.answer);
    },
  );
}

const common = ({ clock }: ServiceContext, request: FastifyRequest, centreId: string) => ({
  centreId,
  actorId: callerOf(request).id,
  now: clock().getTime(),
});

async function command(context: ServiceContext, request: FastifyRequest, reply: FastifyReply, command: CentreCommand) {
  const { centreId } = command;
  const result = await execute(context, request, reply, {
    decider: centreDecider,
    streamType: 'centre',
    streamId: `centre-${centreId}`,
    command,
    answer: () => ({ centreId }),
  });
  return result as typeof result & { centreId: string };
}

function addList(app: App, context: ServiceContext, prisma: PrismaClient): void {
  app.get(
    '/v1/centres',
    {
      config: { policy: policies.centresRead },
      schema: {
        tags: ['centres'],
        summary: 'Centres by name',
        description:
          'With `openNow=true` those open at this moment, with `openAt` those open at that instant, by their opening hours in Europe/Riga; without either all, closed ones too.',
        querystring: Type.Object({
          openNow: Type.Optional(Type.Boolean()),
          openAt: Type.Optional(instant('An instant.')),
          municipalityId: Type.Optional(slug('The municipality.')),
          ...pagingQuery({ usual: usualLimit }),
          after: afterQuery,
        }),
        response: { 200: pageOf(centreSchema) },
      },
    },
    async (request) => {
      const { openNow, openAt, municipalityId, limit = usualLimit, cursor } = request.query;
      const at = openAt === undefined ? context.clock() : instantOf(openAt);
      const onlyOpen = openNow === true || openAt !== undefined;
      const place = cursor === undefined ? undefined : places.decode(cursor);
      const rows = await readByPrisma(context, prisma, request, (tx) =>
        tx.centre.findMany({
          where: {
            ...(municipalityId === undefined ? {} : { municipalityId }),
            ...(onlyOpen ? { status: 'open' } : {}),
            ...(place === undefined
              ? {}
              : {
                  OR: [
                    { sortName: { gt: place.sortName } },
                    { sortName: place.sortName, centreId: { gt: place.centreId } },
                  ],
                }),
          },
          orderBy: [{ sortName: 'asc' }, { centreId: 'asc' }],
          // Who is open is told by the hours, not by a column: the network has some hundred centres, so all are read.
          ...(onlyOpen ? {} : { take: limit + 1 }),
        }),
      );
      const found = onlyOpen ? rows.filter((row) => viewCentre(row, at).openNow) : rows;
      const { items, nextCursor } = pageOfRows(found, limit, places, placeOf);
      return { items: items.map((row) => viewCentre(row, at)), nextCursor };
    },
  );
}

const placeOf = ({ sortName, centreId }: Centre) => ({ sortName, centreId });

function instantOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw problem('invalid_request', 'query /openAt is not an instant.');
  return date;
}

function addOne(app: App, context: ServiceContext, prisma: PrismaClient): void {
  app.get(
    '/v1/centres/:centreId',
    {
      config: { policy: policies.centresRead },
      schema: {
        tags: ['centres'],
        summary: 'One centre',
        params,
        querystring: Type.Object({ after: afterQuery }),
        response: { 200: centreSchema },
      },
    },
    async (request) => {
      const { centreId } = request.params;
      const row = await readByPrisma(context, prisma, request, (tx) => tx.centre.findUnique({ where: { centreId } }));
      if (row === null) throw notFound();
      return viewCentre(row, context.clock());
    },
  );
}
