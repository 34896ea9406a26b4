import { contracts, topics } from '@vienuviet/schemas';
import { defineStatelessService } from '@vienuviet/service';
import { createRegistry } from './registry.ts';
import { registryRoutes } from './routes/index.ts';

/** The contracts over the paths of Confluent's schema registry, read-only. */
export const schemaRegistry = defineStatelessService({
  name: 'schema-registry',
  title: 'Schema registry',
  description: 'The Avro schemas of all events, over the paths of Confluent’s registry. It can be read, not written.',
  routes: () => registryRoutes(createRegistry(contracts, topics)),
});
