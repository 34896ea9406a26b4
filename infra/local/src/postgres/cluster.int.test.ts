import { mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clearUp, throwAwayData } from '../platform/clear-up.ts';
import { freePortBase } from '../platform/port-plan.ts';
import { identityOf } from '../processes/identity.ts';
import { createSupervisor } from '../processes/supervisor.ts';
import { silent } from '../progress.ts';
import { startCluster } from './cluster.ts';

let dataFolder: string;
let adminUrl: string;

beforeAll(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'cluster-'));
  await chmod(dataFolder, 0o755);
  adminUrl = await startCluster({
    supervisor: createSupervisor({ dataFolder, plan: 'test', watched: identityOf(process.pid)! }),
    ...{ port: await freePortBase(1), password: 'of the administrator', durability: 'fast', maxConnections: 20 },
    progress: silent,
  });
});

afterAll(async () => {
  await clearUp(dataFolder);
  throwAwayData(dataFolder);
  rmSync(dataFolder, { recursive: true });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const session = new pg.Client({ connectionString: url });
  await session.connect();
  try {
    return (await session.query(sql)).rows;
  } finally {
    await session.end();
  }
}

test('nobody but the administrator connects to the databases in which nothing is kept', async () => {
  await query(adminUrl, `create role someone login password 'x'`);
  for (const database of ['postgres', 'template1']) {
    const someone = Object.assign(new URL(adminUrl), { username: 'someone', password: 'x', pathname: `/${database}` });
    await expect(query(someone.toString(), 'select')).rejects.toThrow('permission denied for database');
  }
  expect(await query(adminUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
});
