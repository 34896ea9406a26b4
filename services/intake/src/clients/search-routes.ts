import { type App, problem, recordReading } from '@vienuviet/http';
import { oneOf } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { IndexKind } from '@vienuviet/privacy';
import type { ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { clientKinds, languages } from './client.ts';
import { bodyFields, type ClientBody, clientDataOf, findableBy } from './client-data.ts';
import { entriesOf, findSubjects } from './client-index.ts';
import { aSubject, type ClientTools, tags } from './client-view.ts';
import { openClients, readCurrentClient } from './read-client.ts';

/** Families and offices share a telephone; more than these are not shown. */
const mostFound = 20;

/** What a search names: exactly one of them. */
const searchFields = {
  personalCode: bodyFields.personalCode,
  registrationNumber: bodyFields.registrationNumber,
  phone: bodyFields.phone,
  email: bodyFields.email,
};

/** Finding a client by what is theirs alone. */
export function addClientSearch(app: App, context: ServiceContext, { index, lookups }: ClientTools): void {
  app.post(
    '/v1/clients/search',
    {
      config: { policy: policies.clientSearch, rate: lookups },
      schema: {
        tags,
        summary: 'Find a client by personal code, registration number, telephone or e-mail',
        description: 'By exactly one of them, 20 times a minute; each search is recorded.',
        body: Type.Object(searchFields),
        response: {
          200: Type.Object({
            items: Type.Array(
              Type.Object({
                subjectId: aSubject,
                kind: oneOf(clientKinds),
                name: Type.String(),
                language: oneOf(languages),
              }),
            ),
          }),
        },
      },
    },
    async (request) => {
      const [entry] = entriesOf(index, [askedFor(request.body)]);
      const found = await findSubjects(context.writer, entry!, mostFound);
      const clients = await Promise.all(found.map((id) => readCurrentClient(context.store, id)));
      const current = [...new Map(clients.map((client) => [client.subjectId, client])).values()];
      const opened = await openClients(context.privacy, current);
      // Who was found stands with each person: they are told of it apart from what was read of them.
      const hits = current.map(({ subjectId }) => ({ code: 'client_found', subjectId }));
      const readings = hits.length === 0 ? [{ code: 'client_not_found' }] : hits;
      await Promise.all(readings.map((reading) => recordReading(request, { kind: 'searched', ...reading })));
      return {
        items: current.flatMap(({ subjectId }, at) => {
          const data = opened[at];
          if (data == null) return [];
          return [{ subjectId, kind: data.kind, name: data.clientName, language: data.language }];
        }),
      };
    },
  );
}

/** The one thing that is searched by, checked like one that is registered. */
function askedFor(body: Partial<ClientBody>): readonly [IndexKind, string] {
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  if (given.length !== 1) throw problem('invalid_request', 'Search by exactly one of the fields.');
  const kind = body.registrationNumber === undefined ? 'natural' : 'legal';
  const asked = clientDataOf({ name: 'x', language: 'lv', ...body, kind, codeConfirmed: true });
  return findableBy(asked)[0]!;
}
