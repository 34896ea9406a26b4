import { prepareProjections } from '../projections/prepare.ts';
import { type ProjectionOptions, type RunningProjection, startProjection } from '../projections/start-projection.ts';
import type { Projection } from '../types.ts';
import { type TestBus, testCodec } from './test-bus.ts';

export interface ProjectionRunner {
  /** Prepares and starts a projection of a test, on the topics that all tests of the file share. */
  run(projection: Projection, options?: Partial<ProjectionOptions>): Promise<RunningProjection>;
  stopAll(): Promise<void>;
}

export function projectionRunner(bus: TestBus): ProjectionRunner {
  const started: RunningProjection[] = [];
  return {
    async run(projection, options = {}) {
      await prepareProjections(bus.ownerPool, [projection], bus.roles);
      const running = startProjection({
        projection,
        pool: bus.pool,
        subscriber: bus.subscriber,
        group: projection.name,
        codec: testCodec(),
        owner: { pool: bus.ownerPool, roles: bus.roles },
        ...options,
      });
      started.push(running);
      return running;
    },
    async stopAll() {
      for (const projection of started.splice(0)) await projection.stop();
    },
  };
}
