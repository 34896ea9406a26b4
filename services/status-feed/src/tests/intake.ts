import { partitionOf } from '@vienuviet/event-bus';
import { codec, topicOf } from '@vienuviet/schemas';
import type { TestService } from '@vienuviet/service/testing';
import { type BusWriter, createBusWriter } from '@vienuviet/testing';

/** Intake as this service knows it: what it puts on the bus. */
export const intakeOf = ({ publisher }: TestService): BusWriter =>
  createBusWriter('intake', { encode: codec.encode, topicOf, partitionOf, publisher });
