import { type App, notFound } from '@vienuviet/http';
import Type from 'typebox';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Directory } from '../people/directory.ts';
import { issueToken, tokenSeconds } from './issue-token.ts';

export interface TokenSettings {
  readonly issuer: string;
  readonly ring: KeyRing;
  readonly directory: Directory;
  readonly clock: () => Date;
}

/** Gives a token to whoever asks for one: sample people have no passwords, which is why this runs on one machine only. */
export function tokenRoutes(app: App, { issuer, ring, directory, clock }: TokenSettings): void {
  app.post(
    '/v1/tokens',
    {
      config: {
        policy: { public: true, why: 'sample people have no passwords; the issuer listens on this machine alone' },
      },
      schema: {
        tags: ['tokens'],
        summary: 'A token for one of the sample people',
        body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 128 }) }),
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
      const person = directory.find(body.name);
      if (person === undefined) throw notFound();
      const accessToken = await issueToken(person, { issuer, key: ring.now().signing, now: clock() });
      return { accessToken, tokenType: 'Bearer' as const, expiresIn: tokenSeconds };
    },
  );
}
