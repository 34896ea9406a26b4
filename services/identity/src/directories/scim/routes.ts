import {
  type App,
  acceptJsonAs,
  acceptOpaqueTokens,
  answerErrorsBy,
  answerUnknownBy,
  callerOf,
  problem,
} from '@vienuviet/http';
import { discoveryRoutes } from './discovery-routes.ts';
import { scimMediaType, sendScimError } from './errors.ts';
import { groupRoutes } from './group-routes.ts';
import { type ScimScope, type ScimSettings, scimPath } from './scope.ts';
import { userRoutes } from './user-routes.ts';

/** Directories that send: SCIM 2.0 (RFC 7643, 7644). Bodies and errors have the forms of that standard. */
export function scimRoutes(app: App, settings: ScimSettings): void {
  acceptOpaqueTokens(app, settings.directories.callerOf);
  const scope: ScimScope = {
    ...settings,
    directoryOf: (request) => {
      const directory = settings.directories.ofCaller(callerOf(request));
      if (directory?.source.kind !== 'scim') throw problem('role_missing', 'This is for directories that send.');
      return directory;
    },
  };
  app.register(async (elsewhere) => answerUnknownBy(elsewhere, sendScimError), { prefix: scimPath });
  app.register(async (routes) => {
    acceptJsonAs(routes, scimMediaType);
    answerErrorsBy(routes, sendScimError);
    routes.addHook('onRequest', async (_request, reply) => {
      reply.type(scimMediaType).serializer(JSON.stringify);
    });
    discoveryRoutes(routes, scope);
    userRoutes(routes, scope);
    groupRoutes(routes, scope);
  });
}
