/** What checking a token costs a request: `./scripts/bench token-check`. */
import { createLog, createMetrics } from '@vienuviet/telemetry';
import { createApp } from '../src/app.ts';
import type { App } from '../src/settings.ts';
import { createTestIssuer, type TestIssuer } from '../src/testing.ts';

const REQUESTS = 2_000;
const ROUNDS = 7;

const issuer: TestIssuer = await createTestIssuer();
const app: App = await createApp({
  ...{ name: 'bench', title: 'Bench', version: '1', description: 'Bench', auth: issuer.auth, limits: { rate: false } },
  log: createLog({ service: 'bench', level: 'silent' }),
  metrics: createMetrics({ service: 'bench', ofProcess: false }),
});
app.get('/open', { config: { policy: { public: true, why: 'a bench' } } }, async () => ({ ok: true }));
app.get('/own', { config: { policy: { roles: ['clerk'], scope: 'own_centre' } } }, async () => ({ ok: true }));
await app.ready();

const centreId = '0b8f7c1e-3d7a-4c55-9a52-5f3f4f0b6a11';
const tokenOf = (name: string) => issuer.token(name, [{ role: 'clerk', centreId }]);
const tokens = await Promise.all(Array.from({ length: REQUESTS * ROUNDS }, (_, n) => tokenOf(`clerk.${n}`)));
const known = await tokenOf('clerk.known');

/** Microseconds a request. */
async function costOf(url: string, token?: (n: number) => string): Promise<number> {
  const started = performance.now();
  for (let n = 0; n < REQUESTS; n++) {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token(n)}` };
    const { statusCode } = await app.inject({ url, headers });
    if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
  }
  return ((performance.now() - started) * 1_000) / REQUESTS;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

await costOf('/open');
const costs = { open: [] as number[], known: [] as number[], fresh: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  costs.open.push(await costOf('/open'));
  costs.known.push(await costOf('/own', () => known));
  costs.fresh.push(await costOf('/own', (n) => tokens[round * REQUESTS + n]!));
}
const [open, remembered, fresh] = [median(costs.open), median(costs.known), median(costs.fresh)];
const line = (what: string, cost: number): string => `| ${what} | ${cost.toFixed(0)} | ${(cost / open).toFixed(2)} |\n`;

process.stdout.write(`## Token check

A request through the whole app of \`packages/http\`, without a socket; ES256; a checked signature is remembered for a
minute. Medians of ${ROUNDS} rounds of ${REQUESTS} requests in turns. \`./scripts/bench token-check\`

| | µs a request | ratio |
| --- | --- | --- |
${line('a public route', open)}${line('a token that was seen within the minute', remembered)}${line('a token that was never seen', fresh)}`);
await app.close();
