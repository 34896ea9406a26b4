import type { App } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import Type from 'typebox';
import { IdentityError } from '../errors.ts';
import { refused } from '../refused.ts';
import type { KeyRing } from './key-ring.ts';

const Jwk = Type.Object({
  kty: Type.String(),
  crv: Type.String(),
  x: Type.String(),
  y: Type.String(),
  kid: Type.String(),
  alg: Type.String(),
  use: Type.String(),
});

const ScheduledKey = Type.Object({
  kid: Type.String(),
  signsFrom: Type.String({ format: 'date-time' }),
  publishedUntil: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  signing: Type.Boolean({ description: 'Whether new tokens are signed with it.' }),
});

/** What a service needs to check tokens, and how an engineer puts a new key in the place of the old one. */
export function keyRoutes(app: App, ring: KeyRing): void {
  app.get(
    '/jwks.json',
    {
      config: { policy: { public: true, why: 'public keys are there to be read' } },
      schema: {
        tags: ['keys'],
        summary: 'Public keys that tokens are, were lately or will soon be signed with',
        response: { 200: Type.Object({ keys: Type.Array(Jwk) }) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=60');
      return { keys: ring.now().published.map(({ publicJwk }) => publicJwk) as never };
    },
  );

  app.get(
    '/v1/signing-keys',
    {
      config: { policy: policies.keysRotate },
      schema: {
        tags: ['keys'],
        summary: 'The signing keys and their times',
        response: { 200: Type.Object({ items: Type.Array(ScheduledKey) }) },
      },
    },
    async () => {
      const { signing, published } = ring.now();
      return {
        items: published.map((key) => ({
          kid: key.kid,
          signsFrom: key.signsFrom.toISOString(),
          publishedUntil: key.publishedUntil?.toISOString() ?? null,
          signing: key === signing,
        })),
      };
    },
  );

  app.post(
    '/v1/signing-keys',
    {
      config: { policy: policies.keysRotate, operates: 'keys_changed' },
      schema: {
        tags: ['keys'],
        summary: 'Rotates: a next key is published now and signs after its lead; the old one goes with its tokens',
        response: { 200: Type.Object({ kid: Type.String(), signsFrom: Type.String({ format: 'date-time' }) }) },
      },
    },
    async (request) => {
      const { kid, signsFrom } = await ring.rotate().catch((error: unknown) => {
        if (!(error instanceof IdentityError) || error.code !== 'rotation_under_way') throw error;
        throw refused('rotation_under_way', error.message);
      });
      request.log.info({ event: 'signing_keys_rotated', actorId: request.caller?.id, kid }, 'signing keys rotated');
      return { kid, signsFrom: signsFrom.toISOString() };
    },
  );
}
