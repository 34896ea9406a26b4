/** Accounts are changed: opened, given and taken roles, switched off and on. */
import { randomUUID } from 'node:crypto';
import {
  type App,
  type FastifyRequest,
  idempotencyOf,
  readGrant,
  refusalProblem,
  requireWithin,
} from '@vienuviet/http';
import { uuid, written } from '@vienuviet/http/route-schemas';
import { policies } from '@vienuviet/policies';
import type { CommandAnswer, ServiceContext } from '@vienuviet/service';
import Type, { type Static } from 'typebox';
import { v5 } from 'uuid';
import { machineRoles } from '../clients/client.ts';
import { statusOf } from '../errors.ts';
import { refused } from '../refused.ts';
import { accountDecider } from './account.ts';
import type { AccountCommand, NewRole } from './account-types.ts';
import { type AccountRoutesSettings, byCaller, command, requireVisible } from './acting-caller.ts';
import { keepLogin } from './logins.ts';
import { accountQueryRoutes } from './query-routes.ts';
import { accountId, roleFields } from './route-schemas.ts';
import { substituteRoutes } from './substitute-routes.ts';

const NEW_ACCOUNT_NAMESPACE = '0d5d3c37-7d0e-5d7c-8a0f-3f3d3f6f3a61';
const params = Type.Object({ accountId });

/** All routes of accounts. */
export function accountRoutes(app: App, context: ServiceContext, settings: AccountRoutesSettings): void {
  accountQueryRoutes(app, context, settings);
  addOpening(app, context, settings);
  addRoles(app, context, settings);
  addSwitches(app, context, settings);
  substituteRoutes(app, context, settings);
}

function addOpening(app: App, context: ServiceContext, settings: AccountRoutesSettings): void {
  app.post(
    '/v1/accounts',
    {
      config: { policy: policies.accountsKeep, command: true, operates: true },
      schema: {
        tags: ['accounts'],
        summary: 'Give somebody access who signs in at the institutions’ provider',
        body: Type.Object({
          login: Type.String({ minLength: 1, maxLength: 255, description: 'The subject (`sub`) there.' }),
          title: Type.String({ minLength: 1, maxLength: 200, description: 'Name that people see.' }),
          ...roleFields,
        }),
        response: { 201: Type.Object({ ...written, accountId: Type.String() }) },
      },
    },
    async (request, reply) => {
      const { login, title, ...asked } = request.body;
      const { loginSource: source } = settings;
      if (source === undefined) throw refused('no_provider', 'No provider is connected at which people sign in.');
      const newRole = roleOf(request, asked);
      const act = await byCaller(context, settings, request, accountIdOf(request));
      const doing = { type: 'open_by_person', ...act, roles: [newRole] } as const;
      await requireFree(settings, login, doing);
      if (!(await keepLogin(context.writer, { source, login, accountId: act.accountId, title }))) {
        throw loginTaken();
      }
      const answer = await command(context, request, reply, doing);
      reply.code(201);
      return { ...answer, accountId: act.accountId };
    },
  );
}

function addRoles(app: App, context: ServiceContext, settings: AccountRoutesSettings): void {
  app.post(
    '/v1/accounts/:accountId/roles',
    {
      config: { policy: policies.accountsKeep, command: true, operates: true },
      schema: {
        tags: ['accounts'],
        summary: 'Give an account a role at a place; counts within 60 s everywhere',
        description:
          'One gives what one holds there oneself with the right to give it on; a supervisor holds the role of a clerk too. Nobody gives access to the own account.',
        params,
        body: Type.Object(roleFields),
        response: { 201: Type.Object({ ...written, grantId: Type.String() }) },
      },
    },
    async (request, reply) => {
      const newRole = roleOf(request, request.body);
      const act = await byCaller(context, settings, request, request.params.accountId);
      const answer = await command(context, request, reply, { type: 'grant', ...act, role: newRole }, (account) => ({
        grantId: account.roles.at(-1)?.grantId ?? '',
      }));
      reply.code(201);
      return answer as CommandAnswer & { grantId: string };
    },
  );

  app.post(
    '/v1/accounts/:accountId/roles/:grantId/revoke',
    {
      config: { policy: policies.accountsKeep, command: true, operates: true },
      schema: {
        tags: ['accounts'],
        summary: 'Take a role away; counts within 60 s everywhere',
        params: Type.Object({ accountId, grantId: uuid('The grant.') }),
        response: { 200: Type.Object(written) },
      },
    },
    async (request, reply) => {
      const { accountId: id, grantId } = request.params;
      await requireVisible(context, request, id);
      return command(context, request, reply, {
        type: 'revoke',
        ...(await byCaller(context, settings, request, id)),
        grantId,
      });
    },
  );
}

function addSwitches(app: App, context: ServiceContext, settings: AccountRoutesSettings): void {
  const summaries = {
    deactivate: 'Let nobody in by this account any more; counts within 60 s everywhere',
    reactivate: 'Let its person in again',
  } as const;
  for (const type of ['deactivate', 'reactivate'] as const) {
    app.post(
      `/v1/accounts/:accountId/${type}`,
      {
        config: { policy: policies.accountsKeep, command: true, operates: true },
        schema: { tags: ['accounts'], summary: summaries[type], params, response: { 200: Type.Object(written) } },
      },
      async (request, reply) => {
        await requireVisible(context, request, request.params.accountId);
        const act = await byCaller(context, settings, request, request.params.accountId);
        return command(context, request, reply, { type, ...act });
      },
    );
  }
}

const loginTaken = () => refused('login_taken', 'Somebody of this name has an account already.');

/**
 * Who may not open an account takes nobody's name either, which is kept before the account is there. A name goes before
 * the word of a directory when somebody signs in: whom a directory knows is given roles, not one more account.
 */
async function requireFree(
  { accounts, isOfDirectory }: AccountRoutesSettings,
  login: string,
  doing: AccountCommand,
): Promise<void> {
  const account = await accounts.load(doing.accountId);
  // A repeat is answered as the first time.
  if (account.opened) return;
  const decision = accountDecider.decide(doing, account);
  if (!decision.accepted) throw refusalProblem(decision.refusal, statusOf(decision.refusal));
  if (await isOfDirectory(login)) throw loginTaken();
}

/** The same for a repeat of the command. */
function accountIdOf(request: FastifyRequest): string {
  const { scope, key } = idempotencyOf(request);
  return v5(`${scope} ${key}`, NEW_ACCOUNT_NAMESPACE);
}

type RoleFields = Static<Type.TObject<typeof roleFields>>;

/** The role that is asked for, at its place; a foreign place is answered like one that is not there. */
function roleOf(request: FastifyRequest, asked: RoleFields): NewRole {
  const { validFrom, validUntil, mayGrant = false, ...place } = asked;
  const [grant] = readGrant(place);
  if (grant === undefined || Object.keys(grant).length !== Object.keys(place).length) {
    throw refused('role_unknown', 'There is no such role at such a place.');
  }
  if (machineRoles.has(grant.role) || grant.role === 'resident') {
    throw refused('role_not_of_people', `${grant.role} is not a role of people who sign in here.`);
  }
  requireWithin(request, grant);
  return {
    grantId: randomUUID(),
    grant,
    mayGrant,
    ...(validFrom === undefined ? {} : { validFrom: Date.parse(validFrom) }),
    ...(validUntil === undefined ? {} : { validUntil: Date.parse(validUntil) }),
  };
}
