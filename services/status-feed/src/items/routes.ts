import {
  type App,
  afterQuery,
  cursorFormat,
  cursorInstant,
  denyForeign,
  pageOf,
  pageOfRows,
  pagingQuery,
  type Seen,
  scopeOf,
  waitUntilSeen,
} from '@vienuviet/http';
import { uuid } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { chooseLanguage } from '../language.ts';
import { itemSchema, viewItem } from './item-view.ts';
import { findItem, findItems } from './read-items.ts';
import type { Language } from './words.ts';

const places = cursorFormat(
  'items.1',
  Type.Object({
    changedAt: cursorInstant,
    caseId: uuid('The case.'),
  }),
);

const usualLimit = 50;

/** A person's own items, as the bearer of a subject token. */
export function addItemRoutes(app: App, prisma: PrismaClient, seen: Seen): void {
  app.get(
    '/v1/items',
    {
      config: { policy: policies.itemsRead },
      schema: {
        tags: ['items'],
        summary: "The person's items, the last changed first",
        description:
          'Texts are in Latvian or English, by `Accept-Language`; both stand beside them. Bearer: a subject token.',
        querystring: Type.Object({ ...pagingQuery({ usual: usualLimit }), after: afterQuery }),
        response: { 200: pageOf(itemSchema) },
      },
    },
    async (request, reply) => {
      const { limit = usualLimit, cursor, after } = request.query;
      const behind = cursor === undefined ? undefined : places.decode(cursor);
      await waitUntilSeen(after, seen);
      const scope = scopeOf(request);
      const records =
        scope.subjectId === undefined
          ? []
          : await findItems(prisma, scope, { subjectId: scope.subjectId, take: limit + 1, behind });
      const { items, nextCursor } = pageOfRows(records, limit, places, ({ changedAt, caseId }) => ({
        changedAt: changedAt.toISOString(),
        caseId,
      }));
      const language = sayLanguage(request, reply);
      return { items: items.map((item) => viewItem(item, language)), nextCursor };
    },
  );

  app.get(
    '/v1/items/:caseId',
    {
      config: { policy: policies.itemsRead },
      schema: {
        tags: ['items'],
        summary: 'One item of the person',
        description: "Somebody else's item answers as one that is not there. Bearer: a subject token.",
        params: Type.Object({ caseId: uuid('The case.') }),
        querystring: Type.Object({ after: afterQuery }),
        response: { 200: itemSchema },
      },
    },
    async (request, reply) => {
      await waitUntilSeen(request.query.after, seen);
      const scope = scopeOf(request);
      const { caseId } = request.params;
      const { subjectId } = scope;
      const item = subjectId === undefined ? undefined : await findItem(prisma, scope, { subjectId, caseId });
      if (item === undefined) throw denyForeign(request);
      return viewItem(item, sayLanguage(request, reply));
    },
  );
}

/** The language of this answer, which is also said in its headers. */
function sayLanguage(request: FastifyRequest, reply: FastifyReply): Language {
  const language = chooseLanguage(request.headers['accept-language']);
  reply.header('content-language', language);
  reply.header('vary', 'accept-language');
  return language;
}
