import { cursorPlace, type Look, lookWords, placeIn, readLooks, recordPlaces } from '@vienuviet/audit';
import { type App, notFound, pageOf, pageOfRows, pagingQuery, recordReading } from '@vienuviet/http';
import { instant, nullable, oneOf } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import { recordsOfPerson } from '../erasure/records-of-person.ts';
import { params, tags } from './client-view.ts';
import { readCurrentClient } from './read-client.ts';

const usualLimit = 50;

const places = recordPlaces('looks.1');

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
      const behind = cursor === undefined ? undefined : placeIn(places.decode(cursor));
      const ids = await recordsOfPerson(writer, subjectId);
      const looks = await readLooks(audit.pool, audit.persons, ids, { behind, take: limit + 1 });
      const { items, nextCursor } = pageOfRows(looks, limit, places, ({ place }) => cursorPlace(place));
      return { items: items.map((look) => viewLook(look, language)), nextCursor };
    },
  );
}

const viewLook = (look: Look, language: 'lv' | 'en') => ({
  at: look.at.toISOString(),
  words: lookWords(look, language),
  ...{ account: look.actorId, role: look.role, purpose: look.purpose, about: look.about },
});
