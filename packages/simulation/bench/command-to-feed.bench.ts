/**
 * How long after its answer a command can be read in the change feed, through the whole platform as processes:
 * intake's route, its store, the relay, Kafka, the reaction of status-feed, its items, a stream of server-sent events.
 * Open loop: commands start at their time whether or not the ones before have been answered.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { openBenchPlatform } from '@vienuviet/testing/bench-platform';
import { request } from 'undici';
import { connectPlatform, type Platform } from '../src/platform/platform.ts';

const RATES = [50, 200];
/** Code that has not run a few thousand times costs several times as much. */
const WARM_UP_SECONDS = 20;
const SECONDS = 30;
/** Longest wait for the last commands to show. */
const DRAIN_MS = 10_000;
const CLERKS = 16;

interface Sent {
  readonly begun: number;
  readonly answered: number;
}

interface Figures {
  readonly rate: number;
  readonly achieved: number;
  readonly fromAnswer: readonly number[];
  readonly fromRequest: readonly number[];
  readonly missing: number;
}

const running = await openBenchPlatform();
const platform = connectPlatform({ endpoints: running.endpoints, deadlineMs: 10_000, connections: 64 });
try {
  const measured: Figures[] = [];
  for (const rate of RATES) measured.push(await measure(platform, rate));
  process.stdout.write(section(measured));
} finally {
  await platform.close();
  await running.close();
}

async function measure(over: Platform, rate: number): Promise<Figures> {
  const shown = new Map<string, number>();
  const ended = new AbortController();
  const following = follow(over, shown, ended.signal);
  const sent = new Map<string, Sent>();
  const cases = await openCases(over);
  await load(cases, rate, WARM_UP_SECONDS);
  const started = performance.now();
  await load(cases, rate, SECONDS, sent);
  const seconds = (performance.now() - started) / 1000;
  const deadline = performance.now() + DRAIN_MS;
  while ([...sent.keys()].some((id) => !shown.has(id)) && performance.now() < deadline) await pause(50);
  ended.abort();
  await following;
  const both = [...sent].flatMap(([id, times]) => {
    const at = shown.get(id);
    return at === undefined ? [] : [{ ...times, shown: at }];
  });
  return {
    rate,
    achieved: sent.size / seconds,
    fromAnswer: both.map((one) => Math.max(0, one.shown - one.answered)),
    fromRequest: both.map((one) => one.shown - one.begun),
    missing: sent.size - both.length,
  };

  /** Consultations, which every open case takes again and again, spread over the cases in turn. */
  async function load(open: readonly OpenCase[], perSecond: number, forSeconds: number, into?: Map<string, Sent>) {
    const begin = performance.now();
    const under: Promise<void>[] = [];
    for (let index = 0; index < perSecond * forSeconds; index++) {
      const due = begin + (index * 1000) / perSecond;
      const early = due - performance.now();
      if (early > 0) await pause(early);
      under.push(consult(over, open[index % open.length]!, into));
    }
    await Promise.all(under);
  }
}

interface OpenCase {
  readonly caseId: string;
  readonly account: string;
}

/** A hundred cases registered by clerks of several centres, who hold their claims. */
async function openCases(over: Platform): Promise<OpenCase[]> {
  const { items: people } = await over.fetchOpen<{ items: { name: string; grants: { centreId?: string }[] }[] }>(
    'identity',
    {
      method: 'GET',
      path: '/v1/people?text=clerk.&limit=100',
    },
  );
  const clerks = people.filter(({ name }) => name.startsWith('clerk.')).slice(0, CLERKS);
  const { items: services } = await over.fetch<{ items: { serviceId: string }[] }>('intake', 'engineer', {
    method: 'GET',
    path: '/v1/services?limit=1',
  });
  const opened: OpenCase[] = [];
  for (let index = 0; index < 200; index++) {
    const clerk = clerks[index % clerks.length]!;
    const answer = await over.ask('intake', clerk.name, {
      method: 'POST',
      path: '/v1/cases',
      headers: { 'idempotency-key': randomUUID() },
      body: {
        serviceId: services[0]!.serviceId,
        centreId: clerk.grants[0]!.centreId,
        channel: 'phone',
        purpose: 'information',
        customerKind: 'citizen',
        crossBorder: false,
        clerkMinutes: 1,
      },
    });
    if (answer.status >= 300) throw new Error(`a case could not be opened: ${JSON.stringify(answer.body)}`);
    opened.push({ caseId: (answer.body as { caseId: string }).caseId, account: clerk.name });
  }
  return opened;
}

async function consult(over: Platform, { caseId, account }: OpenCase, into?: Map<string, Sent>): Promise<void> {
  const begun = performance.now();
  const answer = await over.ask('intake', account, {
    method: 'POST',
    path: `/v1/cases/${caseId}/consultations`,
    headers: { 'idempotency-key': randomUUID() },
    body: { channel: 'phone', clerkMinutes: 1 },
  });
  const answered = performance.now();
  const { version } = answer.body as { version?: number };
  if (answer.status >= 300 || version === undefined) throw new Error(`refused: ${JSON.stringify(answer.body)}`);
  into?.set(`${caseId}@${version}`, { begun, answered });
}

/** Follows the feed from its end as the portal does and notes when each change could be read. */
async function follow(over: Platform, shown: Map<string, number>, signal: AbortSignal): Promise<void> {
  const authorization = await over.tokens.authorizationOf('portal');
  const address = running.endpoints['status-feed'];
  const { headers } = await request(`${address}/v1/feed?limit=1000`, { headers: { authorization } });
  const answer = await request(`${address}/v1/feed?after=${headers['feed-cursor']}`, {
    headers: { authorization, accept: 'text/event-stream' },
    signal,
  });
  let rest = '';
  try {
    for await (const chunk of answer.body) {
      const now = performance.now();
      const messages = (rest + String(chunk)).split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const data = /^data: ?(.*)$/m.exec(message)?.[1];
        if (data === undefined) continue;
        const { data: change } = JSON.parse(data) as { data: { caseId: string; caseVersion: number } };
        shown.set(`${change.caseId}@${change.caseVersion}`, now);
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function section(measured: readonly Figures[]): string {
  const rows = measured.map((figures) => {
    const { rate, achieved, fromAnswer, fromRequest, missing } = figures;
    const cells = [0.5, 0.99, 0.999].map((share) => quantile(fromAnswer, share));
    return `| ${rate} | ${achieved.toFixed(0)} | ${cells.join(' | ')} | ${quantile(fromRequest, 0.99)} | ${missing} |`;
  });
  return `## Command to feed

Milliseconds from the answer of a command to its event on a stream of the change feed; every process of the platform,
the clients too, on the same two cores. Goal: p99 below 250 ms. \`./scripts/bench command-to-feed\`

| commands/s | achieved | p50 | p99 | p99.9 | p99 from the request | not shown |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return value === undefined ? '–' : value.toFixed(1);
}
