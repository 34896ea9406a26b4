/** Reading cases: one with its history, the work queue, the search. */
import {
  type App,
  afterQuery,
  cursorFormat,
  cursorInstant,
  denyForeign,
  isWithin,
  notFound,
  pageOf,
  pageOfRows,
  pagingQuery,
  problem,
  recordReading,
  scopeOf,
} from '@vienuviet/http';
import { instant, oneOf, slug, uuid } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { clientOfCase, clientOfCaseFields } from '../clients/client-of-case.ts';
import { readAs } from '../reading.ts';
import { caseItemSchema, viewCase } from './case-view.ts';
import { caseWithHistorySchema, foldCase, viewCaseWithHistory } from './history.ts';
import { placeInSearch, searchCases } from './search.ts';
import { openStages, type Stage, stages } from './stages.ts';
import { placeInQueue, queueViews, readQueue } from './work-queue.ts';

const usualLimit = 50;
const aCase = uuid('The case.');

const queuePlaces = cursorFormat(
  'work-queue.1',
  Type.Object({ view: oneOf(queueViews), at: cursorInstant, caseId: aCase }),
);
const searchPlaces = cursorFormat('cases.1', Type.Object({ registeredAt: cursorInstant, caseId: aCase }));

const ofStages = (allowed: readonly Stage[]) =>
  Type.Optional(Type.Array(oneOf(allowed), { maxItems: stages.length, description: 'One or several stages.' }));

export function addCaseQueries(app: App, context: ServiceContext): void {
  addWorkQueue(app, context);
  addSearch(app, context);
  addOneCase(app, context);
}

function addWorkQueue(app: App, context: ServiceContext): void {
  app.get(
    '/v1/work-queue',
    {
      config: { policy: policies.workQueue },
      schema: {
        tags: ['cases'],
        summary: 'What there is to do',
        description:
          '`mine`: the cases that the caller claims now, the claim that ends first before the others. `centre`: all open cases of the own centre, longest in their stage first; `unclaimed`: those that nobody claims now.',
        querystring: Type.Object({
          view: oneOf(queueViews),
          stage: ofStages(openStages),
          ...pagingQuery({ usual: usualLimit }),
          after: afterQuery,
        }),
        response: { 200: pageOf(caseItemSchema) },
      },
    },
    async (request) => {
      const { view, stage, limit = usualLimit, cursor } = request.query;
      const place = cursor === undefined ? undefined : queuePlaces.decode(cursor);
      if (place !== undefined && place.view !== view) throw problem('invalid_cursor', 'It is of another view.');
      const { actorId, centreIds = [] } = scopeOf(request);
      const now = context.clock();
      const rows = await readAs(context, request, (tx) =>
        readQueue(tx, { view, clerkId: actorId, centreIds, stages: stage, behind: place, now, take: limit + 1 }),
      );
      const page = pageOfRows(rows, limit, queuePlaces, (row) => ({ view, ...placeInQueue(view, row) }));
      return { items: page.items.map((row) => viewCase(row, now)), nextCursor: page.nextCursor };
    },
  );
}

function addSearch(app: App, context: ServiceContext): void {
  app.get(
    '/v1/cases',
    {
      config: { policy: policies.casesSearch },
      schema: {
        tags: ['cases'],
        summary: 'Cases by service, holder, centre, stage and time of registration, newest first',
        description: 'Clerks see the cases of their centre, specialists those of their holder, auditors all.',
        querystring: Type.Object({
          serviceId: Type.Optional(uuid('Entry of the catalogue.')),
          holderId: Type.Optional(slug('Who holds the service.')),
          centreId: Type.Optional(uuid('The centre that works on it.')),
          stage: ofStages(stages),
          from: Type.Optional(instant('Registered from this instant on.')),
          to: Type.Optional(instant('Registered before this instant.')),
          ...pagingQuery({ usual: usualLimit }),
          after: afterQuery,
        }),
        response: { 200: pageOf(caseItemSchema) },
      },
    },
    async (request) => {
      const { serviceId, holderId, centreId, stage, from, to, limit = usualLimit, cursor } = request.query;
      const place = cursor === undefined ? undefined : searchPlaces.decode(cursor);
      const filter = { serviceId, holderId, centreId, stages: stage, from: dateOf(from, 'from'), to: dateOf(to, 'to') };
      const rows = await readAs(context, request, (tx) => searchCases(tx, scopeOf(request), filter, place, limit + 1));
      const { items, nextCursor } = pageOfRows(rows, limit, searchPlaces, placeInSearch);
      const now = context.clock();
      return { items: items.map((row) => viewCase(row, now)), nextCursor };
    },
  );
}

function dateOf(text: string | undefined, name: string): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw problem('invalid_request', `query /${name} is not an instant.`);
  return date;
}

function addOneCase(app: App, context: ServiceContext): void {
  const { store, clock } = context;
  app.get(
    '/v1/cases/:caseId',
    {
      config: { policy: policies.caseRead },
      schema: {
        tags: ['cases'],
        summary: 'One case with its history',
        description:
          'Read from its stream: always as it stands. Who read it, in which role and for what purpose, is on record before the answer leaves. Who works on it sees the client in clear, lists never do.',
        params: Type.Object({ caseId: aCase }),
        querystring: Type.Object({ after: afterQuery }),
        response: { 200: Type.Object({ ...caseWithHistorySchema.properties, ...clientOfCaseFields }) },
      },
    },
    async (request) => {
      const { caseId } = request.params;
      const found = foldCase(await readAs(context, request, (tx) => store.readStream(`case-${caseId}`, 1, tx)));
      if (found === undefined) throw notFound();
      const { centreId, holderId } = found.state;
      if (!isWithin(scopeOf(request), { centreId, holderId })) throw denyForeign(request);
      const viewed = viewCaseWithHistory(found, clock());
      await recordReading(request, { about: `case-${caseId}`, subjectId: viewed.subjectId });
      return { ...viewed, ...(await clientOfCase(context, request, viewed.subjectId)) };
    },
  );
}
