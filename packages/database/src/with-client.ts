import pg from 'pg';

/**
 * Works on a connection of its own and ends it. When the server goes in the middle, `work` fails with the reason, and
 * nothing else happens: a client whose error nobody hears would end the process.
 */
export async function withClient<T>(config: pg.ClientConfig, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
