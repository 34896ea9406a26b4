import { type App, accessKinds, pageOf, pageOfRows, pagingQuery, problem, recordReading } from '@vienuviet/http';
import { instant, nullable, oneOf, uuid } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import Type from 'typebox';
import type { Audit } from './open-audit.ts';
import { readRecords } from './reading/read-records.ts';
import { cursorPlace, placeIn, recordPlaces } from './reading/record-places.ts';
import type { AuditRecord } from './records/record.ts';

const usualLimit = 50;

const places = recordPlaces('audit-records.1');

const auditRecord = Type.Object({
  chainId: uuid('Whose chain it stands in.'),
  sequence: Type.Integer({ description: 'Where in the chain.' }),
  recordedAt: instant('When it was written, by the clock of the database.'),
  at: instant('When it happened.'),
  kind: oneOf(accessKinds),
  code: Type.String({ description: 'Why it was refused, or how it was done or answered.' }),
  actorId: nullable(Type.String({ description: 'Account; null where nobody could be told.' })),
  role: nullable(Type.String()),
  purpose: nullable(Type.String()),
  method: Type.String(),
  route: Type.String({ description: 'Pattern of the route.' }),
  requestId: uuid('The request, as in the logs.'),
  about: nullable(Type.String({ description: 'What was read, e.g. a case.' })),
  subjectId: nullable(uuid('The person; null where there is none, or the time of the record is over.')),
});

/** What an auditor reads of the audit of a service; reading it is on record before it is answered. */
export function addAuditRoutes(app: App, { pool, persons }: Pick<Audit, 'pool' | 'persons'>): void {
  app.get(
    '/v1/audit/records',
    {
      config: { policy: policies.auditRead },
      schema: {
        tags: ['audit'],
        summary: 'Who came in, was refused, looked at whose data and why, and what operators did; the newest first',
        description: 'Of this service. Reading it is itself recorded, with the person whom it is asked for.',
        querystring: Type.Object({
          from: Type.Optional(instant('Recorded from this instant on.')),
          to: Type.Optional(instant('Recorded before this instant.')),
          kind: Type.Optional(Type.Array(oneOf(accessKinds), { maxItems: accessKinds.length })),
          actorId: Type.Optional(Type.String({ pattern: '^[\\w.:@-]{1,128}$', description: 'Account of who did it.' })),
          subjectId: Type.Optional(uuid('The person whose case or data it was.')),
          ...pagingQuery({ usual: usualLimit }),
        }),
        response: { 200: pageOf(auditRecord) },
      },
    },
    async (request) => {
      const { from, to, kind, actorId, subjectId, limit = usualLimit, cursor } = request.query;
      const behind = cursor === undefined ? undefined : placeIn(places.decode(cursor));
      await recordReading(request, {
        ...{ kind: 'record_read', code: 'record_read' },
        ...(subjectId === undefined ? {} : { subjectId }),
      });
      const filter = {
        ...{ from: dateOf(from), to: dateOf(to), kinds: kind, actorId },
        personRefs: subjectId === undefined ? undefined : [persons.referenceOf(subjectId)],
      };
      const rows = await readRecords(pool, filter, behind, limit + 1);
      const { items, nextCursor } = pageOfRows(rows, limit, places, cursorPlace);
      const subjects = await persons.open(items);
      return { items: items.map((record, index) => viewRecord(record, subjects[index]!)), nextCursor };
    },
  );
}

function dateOf(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw problem('invalid_request', 'An instant of the query is none.');
  return date;
}

const viewRecord = (record: AuditRecord, subjectId: string | null) => {
  const { chainId, sequence, recordedAt, at, kind, code, actorId, role, purpose, method, route, requestId } = record;
  return {
    ...{ chainId, sequence, recordedAt: recordedAt.toISOString(), at: at.toISOString(), kind, code, actorId, role },
    ...{ purpose, method, route, requestId, about: record.about, subjectId },
  };
};
