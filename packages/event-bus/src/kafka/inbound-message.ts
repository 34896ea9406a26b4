import type { KafkaMessage } from 'kafkajs';
import type { InboundMessage } from '../types.ts';

/** A message of kafkajs in the words of the port. */
export function inboundMessage(topic: string, partition: number, message: KafkaMessage): InboundMessage {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    key: message.key?.toString('utf8') ?? '',
    value: message.value,
    headers: textHeaders(message.headers),
    timestamp: instantOf(message.timestamp),
  };
}

function textHeaders(headers: KafkaMessage['headers']): Record<string, string> {
  const text: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) text[name] = typeof first === 'string' ? first : first.toString('utf8');
  }
  return text;
}

/** A producer may write any number; what is no instant becomes the beginning of 1970. */
function instantOf(milliseconds: string): Date {
  const instant = new Date(Number(milliseconds));
  return Number.isNaN(instant.getTime()) ? new Date(0) : instant;
}
