import { type FastifyRequest, notFound } from '@vienuviet/http';
import { policies } from '@vienuviet/policies';
import type pg from 'pg';
import Type from 'typebox';
import { changeDirectory, type DirectoryChange } from '../change-directory.ts';
import { scimError, scimMediaType } from './errors.ts';
import { type Conditions, type ListQuery, pageOfQuery, whereOf } from './lists.ts';
import { idOf, requireVersion } from './resource.ts';
import { Resource, type ScimScope } from './scope.ts';

/** What routes of both kinds say of themselves. */
export const route = {
  config: { policy: policies.directoryPeople },
  params: Type.Object({ id: Type.String() }),
  common: { tags: ['directories'], consumes: [scimMediaType, 'application/json'], produces: [scimMediaType] },
  found: { 200: Resource, 304: Type.Null() },
  nothing: { 204: Type.Null() },
};

/** How rows of a kind, users or groups, are found. */
export interface Kind<Row> {
  find(tx: Pick<pg.ClientBase, 'query'>, directory: string, id: string): Promise<Row | undefined>;
  /** Columns and table with the directory as `$1`: what is counted and listed. */
  readonly columns: string;
  readonly from: string;
  readonly conditions: Conditions;
  /** Said when another row has the names of this one. */
  readonly taken: string;
}

/** Undefined: another row has these names. */
type Work<Row, Before extends unknown[]> = (change: DirectoryChange, ...before: Before) => Promise<Row | undefined>;

export interface Rows<Row> {
  add(request: FastifyRequest, work: Work<Row, []>): Promise<Row>;
  /** Changes one that is there, in the version the sender names; accounts follow before the answer. */
  change(request: FastifyRequest<{ Params: { id: string } }>, work: Work<Row, [Row]>): Promise<Row>;
  /** The one of the path; throws `not_found`. */
  one(request: FastifyRequest<{ Params: { id: string } }>): Promise<Row>;
  list(request: FastifyRequest<{ Querystring: Type.Static<typeof ListQuery> }>): Promise<Page<Row>>;
}

export interface Page<Row> {
  readonly startIndex: number;
  readonly total: number;
  readonly rows: readonly Row[];
}

export function rowsOf<Row extends pg.QueryResultRow & { version: number }>(
  scope: ScimScope,
  kind: Kind<Row>,
): Rows<Row> {
  const { pool, follower, directoryOf } = scope;

  async function changing(request: FastifyRequest, work: Work<Row, []>): Promise<Row> {
    const { result, touched } = await changeDirectory(scope, directoryOf(request), async (change) => {
      const row = await work(change);
      if (row === undefined) throw scimError('uniqueness', kind.taken);
      return row;
    });
    await follower.follow(touched);
    return result;
  }

  async function found(tx: Pick<pg.ClientBase, 'query'>, directory: string, id: string): Promise<Row> {
    const row = await kind.find(tx, directory, idOf(id));
    if (row === undefined) throw notFound();
    return row;
  }

  return {
    add: changing,
    change: (request, work) =>
      changing(request, async (change) => {
        const row = await found(change.tx, change.directory.name, request.params.id);
        requireVersion(request, row);
        return work(change, row);
      }),
    one: (request) => found(pool, directoryOf(request).name, request.params.id),
    list: async (request) => {
      const { startIndex, count } = pageOfQuery(request.query);
      const where = whereOf(request.query.filter, kind.conditions, 2);
      const values = [directoryOf(request).name, ...where.values];
      const counted = await pool.query<{ total: number }>(
        `select count(*)::int as total ${kind.from}${where.text}`,
        values,
      );
      const page = `order by position limit ${count} offset ${startIndex - 1}`;
      const { rows } = await pool.query<Row>(`select ${kind.columns} ${kind.from}${where.text} ${page}`, values);
      return { startIndex, total: counted.rows[0]?.total ?? 0, rows };
    },
  };
}
