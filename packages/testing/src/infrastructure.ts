/** Addresses of the servers that integration tests use. */
export interface TestInfrastructure {
  readonly kafkaBrokers: readonly string[];
  /** A role that may create roles and databases. */
  readonly postgresUrl: string;
  readonly redisUrl: string;
  /** The same Kafka by mutual TLS, with the super user's certificate; absent where Kafka is somebody else's. */
  readonly kafkaTls?: {
    readonly brokers: readonly string[];
    readonly certificate: { readonly authority: string; readonly certificate: string; readonly key: string };
  };
}

/** The servers named by the environment; `vitest.config.ts` starts some and names them where nobody did. */
export function testInfrastructure(env: NodeJS.ProcessEnv = process.env): TestInfrastructure {
  const read = (name: string): string => {
    const value = env[name];
    if (!value) throw new Error(`${name} is not set: run the tests by ./scripts/test, which starts the servers`);
    return value;
  };
  return {
    kafkaBrokers: read('VIENUVIET_KAFKA_BROKERS').split(','),
    postgresUrl: read('VIENUVIET_POSTGRES_URL'),
    redisUrl: read('VIENUVIET_REDIS_URL'),
    ...(env['VIENUVIET_TEST_KAFKA_TLS'] ? { kafkaTls: JSON.parse(env['VIENUVIET_TEST_KAFKA_TLS']) } : {}),
  };
}
