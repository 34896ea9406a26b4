import type { App } from '@vienuviet/http';
import type { ServiceContext } from '@vienuviet/service';
import { prepareDirectories } from './change-directory.ts';
import type { InstitutionDirectory } from './directory.ts';
import { type FollowDirectory, type Follower, startFollowing } from './follow.ts';
import { holdRoutes } from './holds/routes.ts';
import { startReading } from './ldap/keep-reading.ts';
import { ldapSource } from './ldap/ldap-source.ts';
import type { DirectorySource } from './ldap/source.ts';
import { loadDirectories } from './load-directories.ts';
import { scimRoutes } from './scim/routes.ts';
import { scimPath } from './scim/scope.ts';
import { defaultPatience, type Patience } from './shut-out.ts';

export interface DirectoriesSettings extends Pick<ServiceContext, 'log' | 'clock' | 'writer'> {
  readonly files: readonly string[];
  readonly issuer: string;
  readonly ldapSeconds: number;
  readonly follow: FollowDirectory;
  readonly patience?: Patience;
  readonly everyMs?: number;
  sourceOf?(directory: InstitutionDirectory): DirectorySource;
}

/** Without directories nothing is looked for. */
const nobodyFollows: Follower = { follow: async () => undefined, stop: async () => undefined };

/**
 * Serves the directories that send, reads those that are read, and has the accounts follow, until the app closes.
 * Answers them.
 */
export async function serveDirectories(
  app: App,
  settings: DirectoriesSettings,
): Promise<readonly InstitutionDirectory[]> {
  const { files, issuer, ldapSeconds, follow, log, clock, writer: pool, everyMs = 1_000 } = settings;
  const { patience = defaultPatience, sourceOf = sourceOfSettings } = settings;
  const directories = await loadDirectories(files);
  await prepareDirectories(pool, directories.all);
  const change = { pool, clock, patience, turns: new Map<string, Promise<unknown>>() };
  const follower =
    directories.all.length === 0
      ? nobodyFollows
      : startFollowing({ pool, directories: directories.all, follow, log, everyMs });
  scimRoutes(app, { ...change, directories, follower, base: `${issuer}${scimPath}` });
  holdRoutes(app, { ...change, directories, follower });
  const read = directories.all.filter(({ source }) => source.kind === 'ldap');
  const stopReading = startReading({
    ...{ ...change, directories: read, sourceOf, follower, log },
    ...{ everySeconds: ldapSeconds, lookMs: everyMs },
  });
  app.addHook('onClose', async () => {
    await stopReading();
    await follower.stop();
  });
  return directories.all;
}

function sourceOfSettings({ source }: InstitutionDirectory): DirectorySource {
  if (source.kind !== 'ldap') throw new TypeError('a directory that sends is not read');
  return ldapSource(source);
}
