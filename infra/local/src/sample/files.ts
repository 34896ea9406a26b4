import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SampleFiles {
  /** Tables of services, to be imported into the catalogue. */
  readonly catalogue: readonly string[];
  /** Centres to be opened. */
  readonly centres: string;
}

/** The sample data of the checkout; what was invented lies apart from what the report gives. */
export function sampleFiles(root: string): SampleFiles {
  const source = join(root, 'packages/simulation/data/source');
  const invented = join(root, 'packages/simulation/data/invented');
  const tables = (folder: string, pattern: RegExp) =>
    readdirSync(folder)
      .filter((name) => pattern.test(name))
      .sort()
      .map((name) => join(folder, name));
  return {
    catalogue: [...tables(source, /^t(47_53|54_55|08|09|10).*\.csv$/), ...tables(invented, /^services.*\.csv$/)],
    centres: join(invented, 'centres.csv'),
  };
}

export function contentHash(files: SampleFiles): string {
  const hash = createHash('sha256');
  for (const file of [...files.catalogue, files.centres]) hash.update(readFileSync(file));
  return hash.digest('hex');
}
