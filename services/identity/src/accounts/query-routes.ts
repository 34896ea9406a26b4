/** Accounts as they are: who has which role where, from when to when, given by whom. */
import {
  type App,
  afterQuery,
  cursorFormat,
  denyForeign,
  pageOf,
  pageOfRows,
  pagingQuery,
  scopeOf,
} from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import { readRouted, type ServiceContext } from '@vienuviet/service';
import Type from 'typebox';
import type { AccountRoutesSettings } from './acting-caller.ts';
import { accounts } from './projection.ts';
import { type AccountRow, findAccount, listAccounts } from './queries.ts';
import { accountId, accountView, centreId, holderId, role } from './route-schemas.ts';

const cursors = cursorFormat('accounts.1', Type.String({ maxLength: 128 }));

export function accountQueryRoutes(app: App, context: ServiceContext, { sampleTitle }: AccountRoutesSettings): void {
  const view = (row: AccountRow) => ({
    accountId: row.account_id,
    title: row.title ?? sampleTitle(row.account_id) ?? row.account_id,
    source: row.source,
    active: row.active,
    openedAt: row.opened_at.toISOString(),
    roles: [...row.roles],
    absences: [...row.absences],
  });

  app.get(
    '/v1/accounts',
    {
      config: { policy: policies.accountsRead },
      schema: {
        tags: ['accounts'],
        summary: 'Accounts with a role at one’s own places, by id',
        description: 'Shows the roles at one’s own centres or holders; what an account holds elsewhere is not shown.',
        querystring: Type.Object({
          role: Type.Optional(role),
          centreId: Type.Optional(centreId),
          holderId: Type.Optional(holderId),
          ...pagingQuery(),
          after: afterQuery,
        }),
        response: { 200: pageOf(accountView) },
      },
    },
    async (request) => {
      const { limit = 50, cursor, ...filter } = request.query;
      const place = { after: cursor === undefined ? undefined : cursors.decode(cursor), take: limit + 1 };
      const rows = await readRouted(context, request, accounts, (tx) =>
        listAccounts(tx, scopeOf(request), filter, place),
      );
      const page = pageOfRows(rows, limit, cursors, (row) => row.account_id);
      return { ...page, items: page.items.map(view) };
    },
  );

  app.get(
    '/v1/accounts/:accountId',
    {
      config: { policy: policies.accountRead },
      schema: {
        tags: ['accounts'],
        summary: 'One account, or the own',
        params: Type.Object({ accountId }),
        querystring: Type.Object({ after: afterQuery }),
        response: { 200: accountView },
      },
    },
    async (request) => {
      const row = await readRouted(context, request, accounts, (tx) =>
        findAccount(tx, scopeOf(request), request.params.accountId),
      );
      if (row === undefined) throw denyForeign(request);
      return view(row);
    },
  );
}
