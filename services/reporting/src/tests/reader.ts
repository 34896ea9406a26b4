import { partitionOf } from '@vienuviet/event-bus';
import type { Grant } from '@vienuviet/http';
import { codec, topicOf } from '@vienuviet/schemas';
import type { TestService } from '@vienuviet/service/testing';
import { type BusWriter, createBusWriter, eventually, type StreamHistory } from '@vienuviet/testing';

/** Intake as this service knows it: what it puts on the bus. */
export const intakeOf = ({ publisher }: TestService): BusWriter =>
  createBusWriter('intake', { encode: codec.encode, topicOf, partitionOf, publisher });

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are checked by what each test expects of them
  readonly body: any;
}

/** Reads as somebody with the given grants. */
export async function readerOf(
  bed: TestService,
  ...grants: readonly Grant[]
): Promise<(path: string) => Promise<Answer>> {
  const headers = await bed.issuer.as('somebody', grants);
  return async (path) => {
    const answer = await bed.service.app.inject({ url: path, headers });
    const json = String(answer.headers['content-type']).includes('json');
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: json ? answer.json() : undefined,
    };
  };
}

/** Plays histories and waits until the facts hold them all. */
export async function playAll(bed: TestService, intake: BusWriter, histories: readonly StreamHistory[]): Promise<void> {
  await intake.play(histories);
  const wanted = new Map(histories.map(({ streamId, events }) => [streamId, events.length]));
  const pool = bed.service.context.writer;
  await eventually('all facts', async () => {
    const { rows } = await pool.query<{ stream_id: string; version: number }>(
      'select stream_id, version from facts.stream_versions where stream_id = any ($1::text[])',
      [[...wanted.keys()]],
    );
    return rows.length === wanted.size && rows.every((row) => row.version === wanted.get(row.stream_id))
      ? true
      : undefined;
  });
}
