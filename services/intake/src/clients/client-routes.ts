/** Clients: registered, looked at on record, changed. */
import { randomUUID } from 'node:crypto';
import {
  type App,
  denyForeign,
  type FastifyRequest,
  isWithin,
  notFound,
  problem,
  recordReading,
  scopeOf,
} from '@vienuviet/http';
import { nullable, uuid } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { asBody, bodyFields, type ClientBody, type ClientData, clientDataOf, findableBy } from './client-data.ts';
import { entriesOf } from './client-index.ts';
import { answer, type ClientTools, clientView, params, tags, viewClient } from './client-view.ts';
import { answeredBefore, keepClient, recordOf } from './keep-client.ts';
import { addLooks } from './look-routes.ts';
import { commonOf, ownClient } from './own-client.ts';
import { openClients, readClient } from './read-client.ts';
import { addClientRelations } from './relation-routes.ts';
import { addClientSearch } from './search-routes.ts';

export function addClientRoutes(app: App, context: ServiceContext, tools: ClientTools): void {
  addRegistration(app, context, tools);
  addClientSearch(app, context, tools);
  addOne(app, context);
  addChange(app, context, tools);
  addClientRelations(app, context);
  addLooks(app, context);
}

function addRegistration(app: App, context: ServiceContext, { index, lookups }: ClientTools): void {
  app.post(
    '/v1/clients',
    {
      // As slow as searching: a code that is taken says so.
      config: { policy: policies.clientsAtDesk, command: true, rate: lookups },
      schema: {
        tags,
        summary: 'Register a client',
        description: 'Answers 409 `client_exists` with the id where somebody has the code already.',
        body: Type.Object({ centreId: Type.Optional(uuid('Needed by who works at several centres.')), ...bodyFields }),
        response: { 201: answer },
      },
    },
    async (request, reply) => {
      const known = await answeredBefore(context, request, reply);
      if (known !== undefined) return reply.code(201).send(known as never);
      const { centreId = onlyCentreOf(request), ...body } = request.body;
      if (!isWithin(scopeOf(request), { centreId })) throw denyForeign(request);
      const data = clientDataOf(body);
      const subjectId = randomUUID();
      const record = recordOf(data, await context.privacy.writerFor(subjectId));
      const kept = await keepClient(context, request, reply, {
        client: await readClient(context.store, subjectId),
        command: { type: 'register', ...commonOf(context, request, subjectId), centreId, record },
        entries: entriesOf(index, findableBy(data)),
      });
      return reply.code(201).send(kept as never);
    },
  );
}

function addOne(app: App, context: ServiceContext): void {
  app.get(
    '/v1/clients/:subjectId',
    {
      config: { policy: policies.clientRead },
      schema: {
        tags,
        summary: 'One client',
        description:
          'For who registered the client or works on a case of theirs: at that centre, or for the holder of its service.',
        params,
        response: { 200: clientView },
      },
    },
    async (request) => {
      const client = await ownClient(context, request, request.params.subjectId);
      const [data] = await openClients(context.privacy, [client]);
      if (data == null) throw notFound();
      await recordReading(request, { code: 'client_read', subjectId: client.subjectId });
      return viewClient(client.subjectId, data);
    },
  );
}

function addChange(app: App, context: ServiceContext, { index, lookups }: ClientTools): void {
  app.post(
    '/v1/clients/:subjectId/change',
    {
      config: { policy: policies.clientsAtDesk, command: true, rate: lookups },
      schema: {
        tags,
        summary: 'Change what is given, also the personal code; what is null is taken away, what is not given stays',
        params,
        body: Type.Object(
          Object.fromEntries(
            Object.entries(bodyFields).map(([name, schema]) => [
              name,
              Type.Optional(name === 'name' || name === 'kind' || name === 'language' ? schema : nullable(schema)),
            ]),
          ),
        ),
        response: { 200: answer },
      },
    },
    async (request, reply) => {
      const known = await answeredBefore(context, request, reply);
      if (known !== undefined) return known as never;
      const client = await ownClient(context, request, request.params.subjectId);
      const [before] = await openClients(context.privacy, [client]);
      if (before == null) throw notFound();
      const data = clientDataOf(mergedBody(asBody(before), request.body as Partial<ClientBody>));
      const changed = (Object.keys(data) as (keyof ClientData)[]).filter((name) => data[name] !== before[name]);
      const record = recordOf(data, await context.privacy.writerFor(client.subjectId));
      return (await keepClient(context, request, reply, {
        client,
        command: { type: 'change', ...commonOf(context, request, client.subjectId), record, changed },
        entries: entriesOf(index, findableBy(data)),
      })) as never;
    },
  );
}

/** A new code is confirmed anew. */
function mergedBody(before: ClientBody, given: Partial<ClientBody>): ClientBody {
  const confirmed = given.personalCode === undefined ? before.codeConfirmed : undefined;
  const all = { ...before, codeConfirmed: confirmed, ...given };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value != null)) as unknown as ClientBody;
}

function onlyCentreOf(request: FastifyRequest): string {
  const { centreIds = [] } = scopeOf(request);
  if (centreIds.length === 1) return centreIds[0]!;
  throw problem('invalid_request', 'body /centreId: say at which of your centres.');
}
