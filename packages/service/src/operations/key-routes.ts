import type { App } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import type { Privacy } from '@vienuviet/privacy';
import Type from 'typebox';

const Wrapping = Type.Object({
  current: Type.String({ description: 'Name of the wrapping key that the file says to use.' }),
  keys: Type.Record(Type.String(), Type.Integer(), {
    description: 'Keys of persons by the name of the wrapping key that wraps them.',
  }),
});

const tags = ['operations'];
const config = { policy: policies.operate };

/** How the keys of persons are wrapped, and the change from one wrapping key to the next, step by step. */
export function addKeyRoutes(app: App, privacy: Privacy): void {
  app.get(
    '/v1/operations/keys',
    {
      config,
      schema: { tags, summary: 'How many keys of persons each wrapping key wraps', response: { 200: Wrapping } },
    },
    async () => privacy.wrapping(),
  );

  app.post(
    '/v1/operations/keys/wrap',
    {
      config: { ...config, operates: 'keys_changed' as const },
      schema: {
        tags,
        summary: 'Wraps some more keys of persons by the current wrapping key',
        description:
          'Reads the file of wrapping keys again, so that each instance that is asked knows what it says now. Asked until it answers 0; several may ask at once, and what was interrupted goes on.',
        body: Type.Object({ most: Type.Optional(Type.Integer({ minimum: 0, maximum: 5_000 })) }),
        response: { 200: Type.Intersect([Type.Object({ wrapped: Type.Integer() }), Wrapping]) },
      },
    },
    async ({ body: { most = 1_000 } }) => {
      const wrapped = await privacy.wrapAnew(most);
      return { wrapped, ...(await privacy.wrapping()) };
    },
  );
}
