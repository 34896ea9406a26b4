/** Intake on real servers for a test file, with its people, two centres and a small catalogue. */
import { randomUUID } from 'node:crypto';
import type { Grant } from '@vienuviet/http';
import type { RunningStoreService } from '@vienuviet/service';
import { startTestService, type TestService } from '@vienuviet/service/testing';
import { intake } from '../service.ts';

type Json = Record<string, unknown>;
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
  readonly body: any;
  readonly headers: Readonly<Record<string, unknown>>;
}

export const centres = { cesis: randomUUID(), valka: randomUUID() };

const grants = {
  engineer: [{ role: 'integration_engineer' }],
  auditor: [{ role: 'auditor' }],
  'clerk.cesis.1': [{ role: 'clerk', centreId: centres.cesis }],
  'clerk.cesis.2': [{ role: 'clerk', centreId: centres.cesis }],
  'supervisor.cesis': [{ role: 'supervisor', centreId: centres.cesis }],
  'clerk.valka.1': [{ role: 'clerk', centreId: centres.valka }],
  'clerk.both': [
    { role: 'clerk', centreId: centres.cesis },
    { role: 'clerk', centreId: centres.valka },
  ],
  'specialist.vsaa': [{ role: 'holder_specialist', holderId: 'vsaa' }],
  'specialist.vid': [{ role: 'holder_specialist', holderId: 'vid' }],
  'system.vsaa': [{ role: 'holder_system', holderId: 'vsaa' }],
} as const satisfies Readonly<Record<string, readonly Grant[]>>;

export type Person = keyof typeof grants;
export const people = Object.keys(grants) as Person[];

export interface Asked {
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Another instance than the first. */
  readonly via?: RunningStoreService;
}

export interface IntakeTest {
  readonly host: TestService;
  /** Sends a body as JSON (text and bytes as they are) to a path. */
  post(who: Person, path: string, body?: unknown, asked?: Asked): Promise<Answer>;
  get(who: Person, path: string, asked?: Asked): Promise<Answer>;
  /** Registers a case at Cēsis and answers its id. */
  register(body?: Json, who?: Person): Promise<{ caseId: string; stream: string; version: number; subjectId: string }>;
  /** Sends a command that has to be accepted. */
  command(who: Person, caseId: string, command: string, body?: Json): Promise<Answer>;
  import(source: string, csv: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  readonly services: { readonly sick: string; readonly tax: string };
  close(): Promise<void>;
}

export const registration = (serviceId: string): Json => ({
  serviceId,
  channel: 'in_person',
  purpose: 'application',
  customerKind: 'citizen',
  crossBorder: false,
  clerkMinutes: 5,
});

export const openingHours = [
  {
    weekday: 1,
    periods: [
      { opens: '08:00', closes: '12:00' },
      { opens: '13:00', closes: '17:00' },
    ],
  },
];

/** Starts intake; `clock` is the one that claims are compared with. */
export async function startIntake(
  options: { clock?: () => Date; own?: Readonly<Record<string, string>>; usualLimits?: boolean } = {},
): Promise<IntakeTest> {
  const own = {
    BLIND_INDEX_SECRET: 'a secret of tests, at least 32 characters',
    // Test files share Redis, which counts, and the names of people.
    ...(options.usualLimits ? {} : { CLIENT_LOOKUPS_A_MINUTE: '10000' }),
    ...options.own,
  };
  const host = await startTestService(intake, { ...options, own });
  const headersOf = new Map<Person, { authorization: string }>();
  for (const name of people) headersOf.set(name, await host.issuer.as(name, grants[name]));

  const send = async (method: 'GET' | 'POST', who: Person, path: string, payload: unknown, asked: Asked) => {
    const isRaw = typeof payload === 'string' || Buffer.isBuffer(payload);
    const response = await (asked.via ?? host.service).app.inject({
      method,
      url: path,
      headers: {
        ...headersOf.get(who),
        ...(method === 'POST' ? { 'idempotency-key': asked.key ?? randomUUID() } : {}),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...asked.headers,
      },
      ...(payload === undefined ? {} : { payload: isRaw ? payload : JSON.stringify(payload) }),
    });
    const isJson = String(response.headers['content-type']).includes('json') && !response.payload.includes('}\n');
    return {
      status: response.statusCode,
      body: isJson ? response.json() : response.payload,
      headers: response.headers,
    };
  };

  const test: Omit<IntakeTest, 'services'> = {
    host,
    post: (who, path, body, asked = {}) => send('POST', who, path, body, asked),
    get: (who, path, asked = {}) => send('GET', who, path, undefined, asked),
    async register(body = {}, who = 'clerk.cesis.1') {
      return accepted(await test.post(who, '/v1/cases', { ...registration(services.sick), ...body })).body;
    },
    async command(who, caseId, command, body = {}) {
      return accepted(await test.post(who, `/v1/cases/${caseId}/${command}`, body));
    },
    import: (source, csv, headers = {}) =>
      test.post('engineer', `/v1/catalogue/imports?source=${source}`, csv, {
        headers: { 'content-type': 'text/csv', ...headers },
      }),
    close: () => host.close(),
  };
  const services = await furnish(test);
  return { ...test, services };
}

function accepted(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

const catalogue = `institution,service_name,list,table_nr
VSAA,Slimības pabalsts,sample,0
VID,Gada ienākumu deklarāciju pieņemšana,sample,0
`;

/** Opens the centres, imports the catalogue, and waits until both are shown. */
async function furnish(test: Omit<IntakeTest, 'services'>): Promise<IntakeTest['services']> {
  for (const [name, centreId] of Object.entries(centres)) {
    const municipality = name === 'cesis' ? 'Cēsu novads' : 'Valkas novads';
    const opened = await test.post('engineer', '/v1/centres', {
      centreId,
      name: `VPVKAC ${name}`,
      kind: 'administrative_centre',
      municipalityId: name === 'cesis' ? 'cesu-novads' : 'valkas-novads',
      municipalityName: municipality,
      address: `Parauga iela 1, ${municipality}`,
      openingHours,
      origin: 'invented',
    });
    accepted(opened);
  }
  accepted(await test.import('sample', catalogue));
  const idOf = async (q: string): Promise<string> => {
    for (let attempt = 0; attempt < 100; attempt++) {
      const { body } = await test.get('engineer', `/v1/services?q=${encodeURIComponent(q)}`);
      if (body.items.length === 1) return body.items[0].serviceId;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the catalogue does not show ${q}`);
  };
  return { sick: await idOf('slimibas pabalsts'), tax: await idOf('deklaraciju') };
}
