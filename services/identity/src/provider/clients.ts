import { openApiClient, openApiPages, openApiRedirect } from '@vienuviet/http';
import type { AllClientMetadata } from 'oidc-provider';
import type pg from 'pg';
import type { ClientWithKeys } from '../clients/load-clients.ts';
import { signingAlgorithm } from '../keys/signing-key.ts';

/** The clients as the provider knows them. */
export function clientMetadata(
  clients: readonly ClientWithKeys[],
  openApiOrigins: readonly string[],
): AllClientMetadata[] {
  return [
    ...(openApiOrigins.length === 0 ? [] : [ofOpenApi(openApiOrigins)]),
    ...clients.map((client) => ({
      ...ofKeyHolder(client),
      ...(client.grants.length > 0 ? ofMachine : ofApplication(client)),
    })),
  ];
}

const forPeople = {
  // `web`: redirect addresses are compared as they stand, ports too.
  application_type: 'web',
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  scope: 'openid',
} as const;

const ofOpenApi = (origins: readonly string[]): AllClientMetadata => ({
  ...forPeople,
  grant_types: [...forPeople.grant_types],
  response_types: [...forPeople.response_types],
  client_id: openApiClient,
  client_name: 'OpenAPI',
  token_endpoint_auth_method: 'none',
  id_token_signed_response_alg: signingAlgorithm,
  redirect_uris: origins.map((origin) => `${origin}${openApiRedirect}`),
  post_logout_redirect_uris: origins.map((origin) => `${origin}${openApiPages}`),
});

const ofKeyHolder = ({ name, title, keys }: ClientWithKeys): AllClientMetadata => ({
  client_id: name,
  client_name: title,
  token_endpoint_auth_method: 'private_key_jwt',
  token_endpoint_auth_signing_alg: signingAlgorithm,
  id_token_signed_response_alg: signingAlgorithm,
  jwks: { keys: keys.map((key) => ({ ...key })) as never },
});

const ofMachine: Partial<AllClientMetadata> = {
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
};

const ofApplication = ({ redirectUris, postLogoutRedirectUris }: ClientWithKeys): Partial<AllClientMetadata> => ({
  ...forPeople,
  grant_types: [...forPeople.grant_types],
  response_types: [...forPeople.response_types],
  redirect_uris: [...redirectUris],
  post_logout_redirect_uris: [...postLogoutRedirectUris],
});

const registerSql = `
  insert into identity.provider_state (model, id, payload)
  select 'Client', client ->> 'client_id', client from jsonb_array_elements($1::jsonb) client
  on conflict (model, id) do update set payload = excluded.payload
    where identity.provider_state.payload <> excluded.payload`;
const removeSql = `
  delete from identity.provider_state where model = 'Client' and id <> all($1)`;

/** Registers exactly these clients; one that is not among them any more is gone with the start. */
export async function registerClients(pool: pg.Pool, clients: readonly AllClientMetadata[]): Promise<void> {
  await pool.query(registerSql, [JSON.stringify(clients)]);
  await pool.query(removeSql, [clients.map(({ client_id }) => client_id)]);
}
