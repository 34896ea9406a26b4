import { avroTypeOf } from '../codec/avro-type.ts';
import type { SchemaVersion } from '../contracts/contracts.ts';
import type { Problem } from './problem.ts';

/**
 * Avro's own rule, FULL_TRANSITIVE: each version reads what each other version wrote. Asked of avsc for every pair, in
 * both directions; necessary, and by far not enough (see `unchanged.ts`).
 */
export function resolutionProblems(versions: readonly SchemaVersion[]): Problem[] {
  return versions.flatMap((reader) =>
    versions.flatMap((writer) => {
      const why = reader === writer ? undefined : resolutionFault(reader, writer);
      return why === undefined ? [] : [{ file: reader.file, problem: `cannot read v${writer.version}: ${why}` }];
    }),
  );
}

/** Why a reader cannot resolve what a writer wrote, in avsc's words; undefined when avsc says that it can. */
export function resolutionFault(
  reader: Pick<SchemaVersion, 'json'>,
  writer: Pick<SchemaVersion, 'json'>,
): string | undefined {
  try {
    avroTypeOf(reader.json).createResolver(avroTypeOf(writer.json));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
