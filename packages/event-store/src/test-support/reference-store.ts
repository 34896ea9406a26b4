import type { Append, AppendResult, StreamAppend } from '../types.ts';

/** The store's meaning without its machinery: lists in memory, one append after the other. */
export interface ReferenceStore {
  append(append: Append): AppendResult | 'events_partly_known';
  /** Stream and version of every event, in the order of the store. */
  readonly feed: readonly { streamId: string; version: number; eventId: string | undefined; data: object }[];
}

export function referenceStore(): ReferenceStore {
  const feed: { streamId: string; version: number; eventId: string | undefined; data: object }[] = [];
  const commands = new Map<string, { hash: string; answer: string }>();
  const versionOf = (streamId: string) => feed.filter((event) => event.streamId === streamId).length;
  const fits = ({ expectedVersion, streamId }: StreamAppend) => {
    const version = versionOf(streamId);
    if (expectedVersion === 'any') return true;
    if (expectedVersion === 'stream_exists') return version > 0;
    return version === (expectedVersion === 'no_stream' ? 0 : expectedVersion);
  };

  function append({ streams, command }: Append): AppendResult | 'events_partly_known' {
    const known = command && commands.get(`${command.key} ${command.scope}`);
    if (command !== undefined && known !== undefined) {
      if (known.hash !== command.requestHash.toString('hex')) return { outcome: 'key_reused' };
      return { outcome: 'known_command', answer: known.answer };
    }
    const given = streams.flatMap((stream) => stream.events).flatMap((event) => event.eventId ?? []);
    const there = given.filter((id) => feed.some((event) => event.eventId === id));
    if (there.length > 0) return there.length === given.length ? { outcome: 'known_events' } : 'events_partly_known';
    const wrong = streams.find((stream) => !fits(stream));
    if (wrong !== undefined) {
      const { streamId, expectedVersion } = wrong;
      return { outcome: 'conflict', streamId, expected: expectedVersion, actual: versionOf(streamId) };
    }
    if (command !== undefined) {
      const { key, scope, requestHash, answer } = command;
      commands.set(`${key} ${scope}`, { hash: requestHash.toString('hex'), answer });
    }
    const written = streams.map(({ streamId, events }) => {
      for (const { eventId, data } of events) feed.push({ streamId, version: versionOf(streamId) + 1, eventId, data });
      return { streamId, version: versionOf(streamId), position: feed.length };
    });
    return { outcome: 'appended', streams: written };
  }
  return { append, feed };
}
