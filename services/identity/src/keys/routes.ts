import type { App } from '@vienuviet/http';
import Type from 'typebox';
import { type SigningKey, signingAlgorithm } from './signing-key.ts';

const Jwk = Type.Object({
  kty: Type.String(),
  crv: Type.String(),
  x: Type.String(),
  y: Type.String(),
  kid: Type.String(),
  alg: Type.String(),
  use: Type.String(),
});

const Configuration = Type.Object({
  issuer: Type.String(),
  jwks_uri: Type.String(),
  token_endpoint: Type.String(),
  id_token_signing_alg_values_supported: Type.Array(Type.String()),
  response_types_supported: Type.Array(Type.String()),
  subject_types_supported: Type.Array(Type.String()),
});

/** What a service needs to check tokens: the issuer's description and its public keys. */
export function keyRoutes(app: App, { issuer, key }: { issuer: string; key: SigningKey }): void {
  const config = { policy: { public: true, why: 'public keys are there to be read' } } as const;

  app.get(
    '/.well-known/openid-configuration',
    {
      config,
      schema: { tags: ['keys'], summary: 'Where things of this issuer are', response: { 200: Configuration } },
    },
    async () => ({
      issuer,
      jwks_uri: `${issuer}/jwks.json`,
      token_endpoint: `${issuer}/v1/tokens`,
      id_token_signing_alg_values_supported: [signingAlgorithm],
      response_types_supported: ['token'],
      subject_types_supported: ['public'],
    }),
  );

  app.get(
    '/jwks.json',
    {
      config,
      schema: {
        tags: ['keys'],
        summary: 'Public keys that tokens are signed with',
        response: { 200: Type.Object({ keys: Type.Array(Jwk) }) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'public, max-age=60');
      return { keys: [key.publicJwk] as never };
    },
  );
}
