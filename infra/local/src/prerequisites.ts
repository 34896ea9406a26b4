import { LocalError } from './errors.ts';
import type { Progress } from './progress.ts';
import { hasCommand, runCommand } from './run-command.ts';

interface Prerequisite {
  /** Debian's package. */
  readonly debian: string;
  readonly isThere: () => Promise<boolean>;
}

const OLDEST_JAVA = 17;

/** The version of `java -version`'s first line: `openjdk version "17.0.15" …`, `java version "1.8.0_1"`. */
export function javaVersion(text: string): number {
  const version = /version "([^"]+)"/.exec(text)?.[1] ?? '';
  const [first, second] = version.split(/[._-]/).map(Number);
  return (first === 1 ? second : first) || 0;
}

async function hasJava(): Promise<boolean> {
  let text = '';
  await runCommand('java', ['-version'], { onLine: (line) => (text += `${line}\n`) }).catch(() => undefined);
  return javaVersion(text) >= OLDEST_JAVA;
}

const java: Prerequisite = { debian: 'openjdk-17-jre-headless', isThere: hasJava };
const maven: Prerequisite = { debian: 'maven', isThere: () => hasCommand('mvn') };
const redis: Prerequisite = { debian: 'redis-server', isThere: () => hasCommand('redis-server') };
const chromium: Prerequisite = { debian: 'chromium', isThere: () => hasCommand('chromium') };
const openssl: Prerequisite = { debian: 'openssl', isThere: () => hasCommand('openssl') };

export interface Needs {
  readonly kafka: boolean;
  /** Kafka's jars are not in the cache yet. */
  readonly jars: boolean;
  readonly redis: boolean;
  /** A browser: tests alone ask for it. */
  readonly chromium?: boolean;
}

/**
 * Brings the system packages that are missing: by apt where this user may (root, or sudo that asks for no password),
 * otherwise refuses in one sentence that names them.
 */
export async function ensurePrerequisites(
  needs: Needs,
  progress: Progress,
  uid: number | undefined = process.getuid?.(),
): Promise<void> {
  const wanted = [
    ...(needs.kafka ? [java, openssl] : []),
    ...(needs.kafka && needs.jars ? [maven] : []),
    ...(needs.redis ? [redis] : []),
    ...(needs.chromium ? [chromium] : []),
  ];
  await ensurePackages(wanted, progress, uid);
}

/** Brings the LDAP server that tests of directories run against; nothing else needs it. */
export function ensureLdapServer(
  progress: Progress,
  uid: number | undefined = process.getuid?.(),
  program = '/usr/sbin/slapd',
): Promise<void> {
  // Named by its path: the search path of people leads to no servers.
  const slapd: Prerequisite = { debian: 'slapd', isThere: () => hasCommand(program) };
  return ensurePackages([slapd, openssl], progress, uid);
}

async function ensurePackages(
  wanted: readonly Prerequisite[],
  progress: Progress,
  uid: number | undefined,
): Promise<void> {
  const missing = await missingOf(wanted);
  if (missing.length === 0) return;
  const packages = missing.map((prerequisite) => prerequisite.debian);
  const apt = await aptCommand(uid === 0);
  if (!apt) throw refusal(packages);
  await progress.step(`installing ${packages.join(', ')}`, async (note) => {
    const install = ['install', '-y', '--no-install-recommends', ...packages];
    const onLine = (line: string) => note(line.slice(0, 70));
    try {
      await apt(['update'], onLine);
      await apt(install, onLine);
    } catch (cause) {
      throw new LocalError('missing_packages', `${refusal(packages).message}\n${(cause as Error).message}`, { cause });
    }
  });
  const still = await missingOf(missing);
  if (still.length > 0) throw refusal(still.map((prerequisite) => prerequisite.debian));
}

async function missingOf(wanted: readonly Prerequisite[]): Promise<Prerequisite[]> {
  const there = await Promise.all(wanted.map((prerequisite) => prerequisite.isThere()));
  return wanted.filter((_, index) => !there[index]);
}

const refusal = (packages: readonly string[]): LocalError =>
  new LocalError('missing_packages', `Please install these packages first: ${packages.join(' ')}.`);

type Apt = (args: readonly string[], onLine: (line: string) => void) => Promise<string>;

async function aptCommand(isRoot: boolean): Promise<Apt | undefined> {
  if (!(await hasCommand('apt-get'))) return undefined;
  // A package of a server starts it where it thinks the machine is up; ours runs on a port of its own.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  if (isRoot) return (args, onLine) => runCommand('apt-get', ['-q', ...args], { env, onLine });
  const asRoot = ['-n', 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-q'];
  const maySudo = await runCommand('sudo', ['-n', 'true']).then(
    () => true,
    () => false,
  );
  return maySudo ? (args, onLine) => runCommand('sudo', [...asRoot, ...args], { onLine }) : undefined;
}
