/** Reading the catalogue: search by words, one entry. */
import { type App, afterQuery, cursorFormat, notFound, pageOf, pageOfRows, pagingQuery } from '@vienuviet/http';
import { slug, uuid } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import type { PrismaClient } from '../../generated/prisma/client.ts';
import { readAs, readByPrisma } from '../reading.ts';
import { addImportRoutes } from './import/routes.ts';
import { searchServices } from './search.ts';
import { serviceSchema, viewService } from './service-view.ts';

const anEntry = uuid('The entry.');
const places = cursorFormat('services.1', Type.Object({ sortTitle: Type.String(), serviceId: anEntry }));
const usualLimit = 50;

export function addCatalogueRoutes(app: App, context: ServiceContext, prisma: PrismaClient): void {
  addImportRoutes(app, context);

  app.get(
    '/v1/services',
    {
      config: { policy: policies.catalogueRead },
      schema: {
        tags: ['catalogue'],
        summary: 'Services by title',
        description: 'With `q` those of which title or holder has words that begin with all the words asked for.',
        querystring: Type.Object({
          q: Type.Optional(Type.String({ maxLength: 200, description: 'Words; diacritics and case do not matter.' })),
          holderId: Type.Optional(slug('Who holds the service.')),
          retired: Type.Optional(Type.Boolean({ description: 'Those that no source names any more, too.' })),
          ...pagingQuery({ usual: usualLimit }),
          after: afterQuery,
        }),
        response: { 200: pageOf(serviceSchema) },
      },
    },
    async (request) => {
      const { q, holderId, retired = false, limit = usualLimit, cursor } = request.query;
      const behind = cursor === undefined ? undefined : places.decode(cursor);
      const found = await readAs(context, request, (tx) =>
        searchServices(tx, { words: q, holderId, withRetired: retired, behind, take: limit + 1 }),
      );
      const { items, nextCursor } = pageOfRows(found, limit, places, (place) => place);
      const ids = items.map(({ serviceId }) => serviceId);
      const rows = await readByPrisma(context, prisma, request, (tx) =>
        tx.service.findMany({ where: { serviceId: { in: ids } } }),
      );
      const byId = new Map(rows.map((row) => [row.serviceId, row]));
      return { items: ids.flatMap((id) => byId.get(id) ?? []).map(viewService), nextCursor };
    },
  );

  app.get(
    '/v1/services/:serviceId',
    {
      config: { policy: policies.catalogueRead },
      schema: {
        tags: ['catalogue'],
        summary: 'One entry, also a retired one',
        params: Type.Object({ serviceId: anEntry }),
        querystring: Type.Object({ after: afterQuery }),
        response: { 200: serviceSchema },
      },
    },
    async (request) => {
      const { serviceId } = request.params;
      const row = await readByPrisma(context, prisma, request, (tx) => tx.service.findUnique({ where: { serviceId } }));
      if (row === null) throw notFound();
      return viewService(row);
    },
  );
}
