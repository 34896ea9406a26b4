import { type App, assurances, notFound, oneFactor } from '@vienuviet/http';
import Type from 'typebox';
import type { Acting } from '../accounts/acting.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Directory } from '../people/directory.ts';
import { issueToken } from './issue-token.ts';
import { tokenSeconds } from './token-seconds.ts';

export interface TokenSettings {
  readonly issuer: string;
  readonly ring: KeyRing;
  readonly directory: Directory;
  readonly acting: Acting;
}

/** Gives a token to whoever asks for one: sample people have no passwords, which is why this runs on one machine only. */
export function tokenRoutes(app: App, { issuer, ring, directory, acting }: TokenSettings): void {
  app.post(
    '/v1/tokens',
    {
      config: {
        policy: { public: true, why: 'sample people have no passwords; the issuer listens on this machine alone' },
      },
      schema: {
        tags: ['tokens'],
        summary: 'A token for one of the sample people',
        body: Type.Object({
          name: Type.String({ minLength: 1, maxLength: 128 }),
          role: Type.Optional(
            Type.String({ maxLength: 60, description: 'One of the roles of the account; its first when not given.' }),
          ),
          acr: Type.Optional(
            Type.Enum([...assurances], {
              description: 'How the person is to have signed in, just now; with one factor when not given.',
            }),
          ),
        }),
        response: {
          200: Type.Object({
            accessToken: Type.String(),
            tokenType: Type.Literal('Bearer'),
            expiresIn: Type.Integer(),
          }),
        },
      },
    },
    async ({ body }) => {
      const { name, role: wanted, acr = oneFactor } = body;
      if (directory.find(name) === undefined) throw notFound();
      const issuedAt = await acting.issuedAt(name);
      const person = await acting.find(name);
      const role = wanted === undefined ? person?.roles[0] : person?.roles.find((held) => held === wanted);
      if (person === undefined || role === undefined) throw notFound();
      const accessToken = await issueToken(
        { name, title: person.title, grants: person.grantsOf(role), acr },
        { issuer, key: ring.now().signing, issuedAt },
      );
      return { accessToken, tokenType: 'Bearer' as const, expiresIn: tokenSeconds };
    },
  );
}
