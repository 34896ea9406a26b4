import type pg from 'pg';
import { arrayLiteral } from '../projections/column-values.ts';

const READ =
  'select stream_id, version from event_bus.reaction_versions where reaction = $1 and stream_id = any ($2::text[])';

const NOTE = `
  insert into event_bus.reaction_versions as known (reaction, stream_id, version)
  select $1, stream_id, version from unnest($2::text[], $3::bigint[]) as seen (stream_id, version)
  on conflict (reaction, stream_id) do update set version = excluded.version where known.version < excluded.version`;

/** Last version that a reaction has seen of each stream. */
export async function readVersions(
  tx: pg.ClientBase,
  reaction: string,
  streams: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await tx.query<[string, number | string]>({
    ...{ name: 'bus_reaction_versions', text: READ, rowMode: 'array' as const },
    values: [reaction, arrayLiteral(streams)],
  });
  return new Map(rows.map(([stream, version]) => [stream, Number(version)]));
}

export async function noteVersions(
  tx: pg.ClientBase,
  reaction: string,
  versions: ReadonlyMap<string, number>,
): Promise<void> {
  // In one order everywhere: two processes that note the same streams do not wait for each other in a ring.
  const streams = [...versions.keys()].sort();
  await tx.query({
    ...{ name: 'bus_note_reaction_versions', text: NOTE },
    values: [reaction, arrayLiteral(streams), arrayLiteral(streams.map((stream) => String(versions.get(stream))))],
  });
}
