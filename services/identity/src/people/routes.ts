import { type App, cursorFormat, type Grant, pageOf, pageOfRows, pagingQuery } from '@vienuviet/http';
import Type from 'typebox';
import type { Directory } from './directory.ts';

const Person = Type.Object({
  name: Type.String({ description: 'Name of the account, for `POST /v1/tokens`.' }),
  title: Type.String(),
  featured: Type.Boolean(),
  grants: Type.Array(
    Type.Object({
      role: Type.String(),
      centreId: Type.Optional(Type.String()),
      holderId: Type.Optional(Type.String()),
    }),
  ),
});

const Query = Type.Object({
  ...pagingQuery({ most: 500 }),
  all: Type.Optional(Type.Boolean({ description: 'Everybody; otherwise the featured few.' })),
  text: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: 'Part of a name or title; looks among all.' }),
  ),
});

const cursors = cursorFormat('people.1', Type.String({ maxLength: 128 }));

/** Who can be played, with the roles that each has now: `grantsOf` by account id. */
export function peopleRoutes(
  app: App,
  directory: Directory,
  grantsOf: (accountIds: readonly string[]) => Promise<ReadonlyMap<string, readonly Grant[]>>,
): void {
  app.get(
    '/v1/people',
    {
      config: { policy: { public: true, why: 'sample people on one machine, none of them real' } },
      schema: {
        tags: ['people'],
        summary: 'Sample people: the featured ones, or all',
        querystring: Query,
        response: { 200: pageOf(Person) },
      },
    },
    async ({ query: { limit = 50, cursor, all = false, text } }) => {
      const rows = directory.list({
        limit: limit + 1,
        after: cursor === undefined ? undefined : cursors.decode(cursor),
        text,
        ...(all || text !== undefined ? {} : { featured: true }),
      });
      const page = pageOfRows(rows, limit, cursors, (person) => person.name);
      const grants = await grantsOf(page.items.map(({ name }) => name));
      const items = page.items.map(({ name, title, featured }) => ({
        ...{ name, title, featured },
        grants: [...(grants.get(name) ?? [])],
      }));
      return { ...page, items };
    },
  );
}
