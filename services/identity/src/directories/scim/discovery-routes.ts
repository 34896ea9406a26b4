import { type App, notFound } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import Type from 'typebox';
import { scimMediaType } from './errors.ts';
import { groupSchema } from './group.ts';
import { listResponse, mostListed } from './lists.ts';
import { Resource, type ScimScope, scimPath } from './scope.ts';
import { userSchema } from './user.ts';

const resourceTypeSchema = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const schemaSchema = 'urn:ietf:params:scim:schemas:core:2.0:Schema';
const configSchema = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';

const config = { policy: policies.directoryPeople };
const common = { tags: ['directories'], produces: [scimMediaType], response: { 200: Resource } };
const params = Type.Object({ id: Type.String() });

/** What a directory can ask of these routes before it uses them (RFC 7644, 4). */
export function discoveryRoutes(app: App, { base }: ScimScope): void {
  const located = (
    kind: string,
    resourceType: string,
    resource: { readonly id?: string; readonly schemas: unknown },
  ) => ({
    ...resource,
    meta: { resourceType, location: [base, kind, resource.id].filter(Boolean).join('/') },
  });
  const types = resourceTypes.map((one) => located('ResourceTypes', 'ResourceType', one));
  const schemas = schemaDefinitions.map((one) => located('Schemas', 'Schema', one));

  app.get(
    `${scimPath}/ServiceProviderConfig`,
    { config, schema: { ...common, summary: 'SCIM: what can be done here' } },
    async () => located('ServiceProviderConfig', 'ServiceProviderConfig', providerConfig),
  );
  for (const [kind, all, summary] of [
    ['ResourceTypes', types, 'SCIM: kinds of resources'],
    ['Schemas', schemas, 'SCIM: what is kept of them'],
  ] as const) {
    app.get(`${scimPath}/${kind}`, { config, schema: { ...common, summary } }, async () =>
      listResponse(1, all.length, all),
    );
    app.get(`${scimPath}/${kind}/:id`, { config, schema: { ...common, summary, params } }, async (request) => {
      const found = all.find(({ id }) => id === request.params.id);
      if (found === undefined) throw notFound();
      return found;
    });
  }
}

const providerConfig = {
  schemas: [configSchema],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: mostListed },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      ...{ type: 'oauthbearertoken', name: 'Bearer secret', primary: true },
      description: 'A secret of the directory, in the header Authorization',
    },
  ],
};

const resourceTypes = [
  { schemas: [resourceTypeSchema], id: 'User', name: 'User', endpoint: '/Users', schema: userSchema },
  { schemas: [resourceTypeSchema], id: 'Group', name: 'Group', endpoint: '/Groups', schema: groupSchema },
];

interface Attribute {
  readonly name: string;
  readonly type: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: string;
  readonly returned: string;
  readonly uniqueness: string;
  readonly subAttributes?: readonly Attribute[];
}

const attribute = (name: string, more: Partial<Attribute> = {}): Attribute => ({
  ...{ name, type: 'string', multiValued: false, required: false, caseExact: false },
  ...{ mutability: 'readWrite', returned: 'default', uniqueness: 'none', ...more },
});

const schemaDefinitions = [
  {
    ...{ schemas: [schemaSchema], id: userSchema, name: 'User', description: 'Somebody who works at the institution' },
    attributes: [
      attribute('userName', { required: true, uniqueness: 'server' }),
      attribute('externalId', { caseExact: true, uniqueness: 'server' }),
      attribute('displayName'),
      attribute('active', { type: 'boolean' }),
      attribute('name', {
        type: 'complex',
        subAttributes: [attribute('formatted'), attribute('familyName'), attribute('givenName')],
      }),
      attribute('emails', {
        ...{ type: 'complex', multiValued: true },
        subAttributes: [attribute('value'), attribute('type'), attribute('primary', { type: 'boolean' })],
      }),
    ],
  },
  {
    ...{ schemas: [schemaSchema], id: groupSchema, name: 'Group', description: 'People who have something in common' },
    attributes: [
      attribute('displayName', { required: true, uniqueness: 'server' }),
      attribute('externalId', { caseExact: true, uniqueness: 'server' }),
      attribute('members', {
        ...{ type: 'complex', multiValued: true },
        subAttributes: [attribute('value', { caseExact: true, mutability: 'immutable' })],
      }),
    ],
  },
];
