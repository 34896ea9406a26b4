import type { FastifyInstance, RouteOptions } from 'fastify';
import { AppError } from './errors.ts';
import { contradictionOf, type Policy } from './policy.ts';

export interface ListedRoute {
  readonly method: string;
  /** The route's pattern, e.g. `/v1/cases/:caseId`. */
  readonly url: string;
  readonly policy: Policy | undefined;
}

const routesOfApp = new WeakMap<object, ListedRoute[]>();

/** All routes of an app, with their policies: for the test that goes through them. */
export const listRoutes = (app: FastifyInstance): readonly ListedRoute[] => routesOfApp.get(app.server) ?? [];

/**
 * Remembers every route as it is added and refuses to become ready when one says not, or says wrongly, who may call
 * it. Returns the methods that a path takes, for the answer 405.
 */
export function watchRoutes(app: FastifyInstance, hasAuth: boolean): { methodsOf(path: string): readonly string[] } {
  const added: RouteOptions[] = [];
  const routes: ListedRoute[] = [];
  routesOfApp.set(app.server, routes);
  app.addHook('onRoute', (route) => {
    added.push(route);
  });
  app.addHook('onReady', async () => {
    routes.push(...added.flatMap(listed));
    const wrong = routes.flatMap((route) => complaintOf(route, hasAuth));
    if (wrong.length > 0) throw new AppError('policy_missing', `routes cannot be served: ${wrong.join('; ')}`);
  });
  const matchers = () => routes.map(({ method, url }) => ({ method, matches: matcherOf(url) }));
  let built: ReturnType<typeof matchers> | undefined;
  return {
    methodsOf: (path) => {
      built ??= matchers();
      return [...new Set(built.filter(({ matches }) => matches.test(path)).map(({ method }) => method))].sort();
    },
  };
}

const listed = ({ method, url, config }: RouteOptions): ListedRoute[] =>
  [method].flat().map((one) => ({ method: one, url, policy: config?.policy }));

function complaintOf({ method, url, policy }: ListedRoute, hasAuth: boolean): string[] {
  if (policy === undefined) return [`${method} ${url} declares no policy`];
  const contradiction = contradictionOf(policy);
  if (contradiction !== undefined) return [`${method} ${url} ${contradiction}`];
  return 'public' in policy || hasAuth ? [] : [`${method} ${url} names roles, but the app checks no tokens`];
}

/** The pattern of a route as a regular expression over paths: `:name` is one piece, `*` the rest. */
function matcherOf(url: string): RegExp {
  const pieces = url.split('/').map((piece) => {
    if (piece === '*') return '.*';
    if (piece.startsWith(':')) return `[^/]+${piece.includes('.') ? escaped(piece.slice(piece.indexOf('.'))) : ''}`;
    return escaped(piece);
  });
  return new RegExp(`^${pieces.join('/')}$`);
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
