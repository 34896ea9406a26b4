import { randomUUID } from 'node:crypto';
import { generateKeyPair, SignJWT } from 'jose';
import { type Grant, type Policy, placeOfRole, type Role } from './policy.ts';
import { listRoutes } from './routes.ts';
import type { App } from './settings.ts';
import { assurances } from './step-up.ts';
import type { TestIssuer } from './testing.ts';

/** One request, as `inject` takes it; the caller's token and an idempotency key are added. */
export interface Ask {
  readonly url: string;
  readonly payload?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a route is tried. */
export type Example =
  /** About one thing, named by an id; `id` lies at the own centre, holder and subject. */
  | { readonly of: 'thing'; readonly id: string; ask(id: string): Ask }
  /** A list; `id` stands in it for those whose own it is, and for nobody else. */
  | { readonly of: 'list'; readonly id: string; readonly ask: Ask }
  /** Nothing in it belongs to anybody. */
  | { readonly of: 'anything'; readonly ask: Ask };

export interface AccessMatrix {
  readonly app: App;
  readonly issuer: TestIssuer;
  /** The policy that each route must have: `GET /v1/cases/:caseId`. Every route that is not public is in it. */
  readonly expected: Readonly<Record<string, Policy>>;
  readonly examples: Readonly<Record<string, Example>>;
  /** Where the things of the examples lie. */
  readonly own: { readonly centreId: string; readonly holderId: string };
  /** A token of a resident: of the own subject, or of another one. Residents have no JWT. */
  readonly residentToken?: (subject: 'own' | 'foreign') => Promise<string>;
  /** A token of a directory: of the own one, or of another one. Directories have no JWT. */
  readonly directoryToken?: (directory: 'own' | 'foreign') => Promise<string>;
  /** Counts the statements that a request sends to the database. */
  readonly counting?: <Result>(work: () => Promise<Result>) => Promise<{ result: Result; statements: number }>;
}

type Whose = 'own' | 'foreign';

/**
 * Tries every route as every role, at the own place and at a foreign one, and with every kind of bad token. Returns a
 * line for each answer that is not what the table of policies says, and how many requests were made.
 */
export async function tryAccess(matrix: AccessMatrix): Promise<{ deviations: string[]; tried: number }> {
  const routes = listRoutes(matrix.app).filter(
    ({ method, policy }) => method !== 'HEAD' && policy !== undefined && !('public' in policy),
  );
  const names = new Set(routes.map(({ method, url }) => `${method} ${url}`));
  const deviations = Object.keys(matrix.expected)
    .filter((name) => !names.has(name))
    .map((name) => `${name}: is in the table and has no policy, or is not served`);
  let tried = 0;
  for (const { method, url, policy } of routes) {
    const name = `${method} ${url}`;
    const [expected, example] = [matrix.expected[name], matrix.examples[name]];
    if (expected === undefined || example === undefined || 'public' in expected) {
      deviations.push(`${name}: is not in the table, or has no example`);
      continue;
    }
    if (policy !== expected) deviations.push(`${name}: has another policy than the table says`);
    const trial = { ...matrix, method, example, expected };
    for (const [what, attempt] of attemptsOf(trial)) {
      tried++;
      const wrong = await attempt();
      if (wrong !== undefined) deviations.push(`${name}: ${what}: ${wrong}`);
    }
  }
  return { deviations, tried };
}

interface Trial extends Omit<AccessMatrix, 'expected' | 'examples'> {
  readonly method: string;
  readonly example: Example;
  readonly expected: Extract<Policy, { roles: unknown }>;
}

type Attempt = () => Promise<string | undefined>;

function attemptsOf(trial: Trial): [string, Attempt][] {
  const tokens = Object.entries(badTokens).map(([what, { code, make }]): [string, Attempt] => [
    what,
    async () => unlike(await ask(trial, askFor(trial.example), await make(trial.issuer)), 401, code),
  ]);
  const roles = (Object.keys(placeOfRole) as Role[]).flatMap((role) =>
    (['own', 'foreign'] as const).map((whose): [string, Attempt] => [
      `${role}, ${whose}`,
      () => asRole(trial, role, whose),
    ]),
  );
  return [...tokens, ...weakSignIns(trial), ...roles];
}

/** Sign-ins that do not suffice, where the policy asks for more than a good token. */
function weakSignIns(trial: Trial): [string, Attempt][] {
  const { stepUp, roles } = trial.expected;
  if (stepUp === undefined) return [];
  const weaker = assurances[assurances.indexOf(stepUp.acr) - 1];
  const weak: Readonly<Record<string, object>> = {
    'a token of no sign-in': {},
    'a sign-in of an unknown kind': { auth_time: now(), acr: 'urn:elsewhere' },
    ...(weaker === undefined ? {} : { 'a sign-in that is too weak': { auth_time: now(), acr: weaker } }),
    'a sign-in that is too old': { auth_time: now() - stepUp.maxAgeSeconds - 5, acr: stepUp.acr },
  };
  return Object.entries(weak).map(([what, claims]) => [
    what,
    async () => {
      const token = await tokenOf(trial, roles[0]!, 'own', claims);
      return unlike(await ask(trial, askFor(trial.example), token), 401, 'sign_in_insufficient');
    },
  ]);
}

/** What a role of the policy, and one that is not in it, is answered. */
async function asRole(trial: Trial, role: Role, whose: Whose): Promise<string | undefined> {
  const { example, expected, residentToken, directoryToken } = trial;
  if (role === 'resident' && residentToken === undefined) return undefined;
  const opaque = role === 'resident' ? residentToken : role === 'directory' ? directoryToken : undefined;
  const token = await (opaque === undefined ? tokenOf(trial, role, whose) : opaque(whose));
  const answer = await ask(trial, askFor(example), token);
  if (!expected.roles.includes(role)) return unlike(answer, 403, 'role_missing');
  const everywhere = expected.scope === 'all' || placeOfRole[role] === 'everywhere';
  // Directories have no place in their grants: each is known by its token.
  const sees = whose === 'own' || (everywhere && role !== 'directory');
  if (example.of === 'list') return listing(answer, example.id, sees);
  if (sees) return refused(answer, example);
  return example.of === 'thing' ? asMissing(trial, example, token, answer) : undefined;
}

/** An example of anything may name what is not there; one of a thing must find it. */
const refused = ({ status, text }: Answer, { of }: Example): string | undefined =>
  status === 401 || status === 403 || (status === 404 && of === 'thing') || status >= 500
    ? `refused with ${status} ${text.slice(0, 200)}`
    : undefined;

function listing({ status, text }: Answer, id: string, sees: boolean): string | undefined {
  if (status !== 200) return `answered ${status} ${text.slice(0, 200)}`;
  if (text.includes(id) === sees) return undefined;
  return sees ? 'does not show what is the own' : 'shows what is foreign';
}

/** What is foreign answers exactly as what is not there, and by as many statements. */
async function asMissing(
  trial: Trial,
  example: Extract<Example, { of: 'thing' }>,
  token: string,
  foreign: Answer,
): Promise<string | undefined> {
  const missing = await ask(trial, example.ask(randomUUID()), token);
  if (foreign.status !== 404) return `is answered ${foreign.status} ${foreign.text.slice(0, 200)}, not 404`;
  const [one, other] = [foreign, missing].map(({ text }) =>
    text.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, ''),
  );
  if (one !== other) return `is told from what is missing: ${one} and ${other}`;
  if (foreign.statements !== missing.statements) {
    return `is told from what is missing: ${foreign.statements} and ${missing.statements} statements`;
  }
  return undefined;
}

const unlike = ({ status, text }: Answer, wanted: number, code: string): string | undefined =>
  status === wanted && text.includes(`"code":"${code}"`)
    ? undefined
    : `answered ${status} ${text.slice(0, 200)}, not ${wanted} ${code}`;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly statements: number;
}

const askFor = (example: Example): Ask => (example.of === 'thing' ? example.ask(example.id) : example.ask);

const uncounted = async <Result>(work: () => Promise<Result>) => ({ result: await work(), statements: 0 });

async function ask(trial: Trial, { url, payload, headers }: Ask, token?: string): Promise<Answer> {
  const { app, method, counting = uncounted } = trial;
  const { result, statements } = await counting(async () =>
    app.inject({
      method: method as 'GET',
      url,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
        purpose: 'service_provision',
        ...headers,
      },
      ...(payload === undefined ? {} : { payload: payload as object }),
    }),
  );
  return { status: result.statusCode, text: result.payload, statements };
}

/** A token of a role; of a sign-in that suffices, unless told otherwise. */
function tokenOf({ issuer, own, expected }: Trial, role: Role, whose: Whose, signIn?: object): Promise<string> {
  const place = { centre: { centreId: own.centreId }, holder: { holderId: own.holderId }, subject: {}, everywhere: {} };
  const elsewhere = {
    centre: { centreId: randomUUID() },
    holder: { holderId: 'somebody-else' },
    subject: {},
    everywhere: {},
  };
  const grant: Grant = { role, ...(whose === 'own' ? place : elsewhere)[placeOfRole[role]] };
  // A name for each request: nobody is asked to slow down.
  const { stepUp } = expected;
  const sufficient = stepUp === undefined ? {} : { acr: stepUp.acr, auth_time: now() };
  return issuer.token(`${role}.${randomUUID()}`, [grant], { ...(signIn ?? sufficient) });
}

const everything: readonly Grant[] = (Object.keys(placeOfRole) as Role[]).map((role) => ({ role }));
const now = (): number => Math.floor(Date.now() / 1000);

/** Tokens that open nothing, whatever they say of their bearer. */
const badTokens: Record<string, { code: string; make(issuer: TestIssuer): Promise<string | undefined> }> = {
  'no token': { code: 'token_missing', make: async () => undefined },
  'an expired token': {
    code: 'token_expired',
    make: (issuer) => issuer.token('late', everything, { iat: now() - 7_200, exp: now() - 3_600 }),
  },
  'a token for another audience': {
    code: 'token_wrong_audience',
    make: (issuer) => issuer.token('elsewhere', everything, { aud: 'another' }),
  },
  'a token of another issuer': {
    code: 'token_wrong_issuer',
    make: (issuer) => issuer.token('stranger', everything, { iss: 'http://another.test' }),
  },
  'a token signed by another key': { code: 'token_wrong_signature', make: signedByAnother },
  'a token that nobody signed': { code: 'token_malformed', make: unsigned },
};

async function signedByAnother({ auth, publicKey }: TestIssuer): Promise<string> {
  const { privateKey } = await generateKeyPair('ES256');
  return new SignJWT({
    iss: auth.issuer,
    aud: 'vienuviet',
    sub: 'forger',
    iat: now(),
    exp: now() + 600,
    grants: everything,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: publicKey.kid! })
    .sign(privateKey);
}

async function unsigned({ auth }: TestIssuer): Promise<string> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: auth.issuer,
    aud: 'vienuviet',
    sub: 'nobody',
    iat: now(),
    exp: now() + 600,
    grants: everything,
  };
  return `${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims)}.`;
}
