import { runCommand } from '../run-command.ts';

export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/**
 * Who runs PostgreSQL: whoever starts it, but never root, which it refuses; root lends it to the system user
 * `postgres`, made where it is missing.
 */
export async function postgresUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const known = await systemUser();
  if (known) return known;
  await runCommand('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME]);
  const made = await systemUser();
  if (!made) throw new Error(`the system user ${NAME} was made and is not found`);
  return made;
}

async function systemUser(): Promise<SystemUser | undefined> {
  try {
    const uid = Number(await runCommand('id', ['-u', NAME]));
    const gid = Number(await runCommand('id', ['-g', NAME]));
    return { uid, gid };
  } catch {
    return undefined;
  }
}

/** Whether that user can get through to a folder: a home folder of mode 700 on the way keeps others out. */
export async function reaches(user: SystemUser | undefined, folder: string): Promise<boolean> {
  if (!user) return true;
  return runCommand('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}
