import { type Look, lookWords, readLooks } from '@vienuviet/audit';
import {
  type App,
  cursorFormat,
  cursorInstant,
  notFound,
  pageOf,
  pageOfRows,
  pagingQuery,
  recordReading,
} from '@vienuviet/http';
import { instant, nullable, oneOf, uuid } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { recordsOfPerson } from '../erasure/records-of-person.ts';
import { params, tags } from './client-view.ts';
import { readCurrentClient } from './read-client.ts';

const usualLimit = 50;

const places = cursorFormat(
  'looks.1',
  Type.Object({ recordedAt: cursorInstant, chainId: uuid('The chain.'), sequence: Type.Integer({ minimum: 1 }) }),
);

const LookView = Type.Object({
  at: instant('When.'),
  words: Type.String({ description: 'Who looked, at what and why, in plain words.' }),
  account: nullable(Type.String({ description: 'Account of who looked.' })),
  role: nullable(Type.String()),
  purpose: nullable(Type.String()),
  about: nullable(Type.String({ description: 'The case, where it was one.' })),
});

/** What a person is told, in the portal: who looked at what is kept of them. */
export function addLooks(app: App, { store, writer, audit }: ServiceContext): void {
  app.get(
    '/v1/clients/:subjectId/looks',
    {
      config: { policy: policies.looksRead },
      schema: {
        tags,
        summary: 'Who looked at a client’s cases and data, when, in which role and why; the newest first',
        description: 'For the portal, which shows it to the person; under all ids that the person has had.',
        params,
        querystring: Type.Object({
          language: Type.Optional(oneOf(['lv', 'en'], 'Of the words; lv when not given.')),
          ...pagingQuery({ usual: usualLimit }),
        }),
        response: { 200: pageOf(LookView) },
      },
    },
    async (request) => {
      const { language = 'lv', limit = usualLimit, cursor } = request.query;
      const client = await readCurrentClient(store, request.params.subjectId);
      if (client.last === undefined) throw notFound();
      const { subjectId } = client;
      await recordReading(request, { kind: 'record_read', code: 'looks_read', subjectId });
      const place = cursor === undefined ? undefined : places.decode(cursor);
      const behind = place && { ...place, recordedAt: new Date(place.recordedAt) };
      const ids = await recordsOfPerson(writer, subjectId);
      const looks = await readLooks(audit.pool, audit.persons, ids, { behind, take: limit + 1 });
      const { items, nextCursor } = pageOfRows(looks, limit, places, ({ place }) => ({
        ...{ ...place, recordedAt: place.recordedAt.toISOString() },
      }));
      return { items: items.map((look) => viewLook(look, language)), nextCursor };
    },
  );
}

const viewLook = (look: Look, language: 'lv' | 'en') => ({
  at: look.at.toISOString(),
  words: lookWords(look, language),
  ...{ account: look.actorId, role: look.role, purpose: look.purpose, about: look.about },
});
