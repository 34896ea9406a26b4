import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache.ts';
import { LocalError } from '../errors.ts';
import type { Progress } from '../progress.ts';
import { runCommand } from '../run-command.ts';

const POM = join(import.meta.dirname, '../../kafka/pom.xml');

/** Where the jars of this pom are kept: by Kafka's version, and by the pom, whose change fetches anew. */
export function jarFolder(cache: string = cacheFolder()): string {
  const pom = readFileSync(POM, 'utf8');
  const version = /<kafka\.version>([^<]+)</.exec(pom)?.[1] ?? 'unknown';
  const content = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  return join(cache, `kafka-${version}-${content}`);
}

export const hasJars = (cache?: string): boolean => existsSync(join(jarFolder(cache), COMPLETE));

const COMPLETE = '.complete';

/** Kafka's jars: fetched once by Maven, which checks the sums. Moved into place whole, so that a broken fetch leaves nothing. */
export async function ensureJars(progress: Progress, cache?: string): Promise<string> {
  const folder = jarFolder(cache);
  if (hasJars(cache)) return folder;
  return progress.step('fetching Apache Kafka', async (note) => {
    const partial = `${folder}.${process.pid}`;
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    let fetched = 0;
    await runCommand('mvn', ['-B', '-ntp', '-f', POM, 'dependency:copy-dependencies', `-DoutputDirectory=${partial}`], {
      onLine: (line) => {
        if (line.includes('Copying ')) note(`${++fetched} jars`);
      },
    }).catch((cause: Error) => {
      rmSync(partial, { recursive: true, force: true });
      throw new LocalError('download_failed', `Maven could not fetch Apache Kafka.\n${cause.message}`, { cause });
    });
    writeFileSync(join(partial, COMPLETE), '');
    try {
      renameSync(partial, folder);
    } catch (error) {
      // Somebody else was faster; theirs is as good.
      rmSync(partial, { recursive: true, force: true });
      if (!hasJars(cache)) throw error;
    }
    return folder;
  });
}
