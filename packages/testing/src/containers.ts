import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePortBase, type Settings } from '@vienuviet/infra-local';
import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';

const KAFKA = 'apache/kafka:4.3.1';
const POSTGRES = 'postgres:18.4';
const REDIS = 'redis:7.0.15';

/** Whether containers can be run: the client alone says nothing, `docker info` asks the engine. */
export async function containersRun(): Promise<boolean> {
  return promisify(execFile)('docker', ['info']).then(
    () => true,
    () => false,
  );
}

interface Containers {
  readonly servers: { kafkaBrokers: readonly string[]; postgresUrl: string; redisUrl: string };
  stop(): Promise<void>;
}

/** Starts the servers that are not named, in containers. */
export async function startContainers(named: Settings['external']): Promise<Containers> {
  const started: StartedTestContainer[] = [];
  const start = async (container: GenericContainer) => {
    const running = await container.start();
    started.push(running);
    return running;
  };
  const stop = async () => {
    await Promise.all(started.map((container) => container.stop()));
  };
  try {
    const [kafkaBrokers, postgresUrl, redisUrl] = await Promise.all([
      named.kafkaBrokers ?? kafka(start),
      named.postgresUrl ?? postgres(start),
      named.redisUrl ?? redis(start),
    ]);
    return { servers: { kafkaBrokers, postgresUrl, redisUrl }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Start = (container: GenericContainer) => Promise<StartedTestContainer>;

async function postgres(start: Start): Promise<string> {
  const container = await start(
    new GenericContainer(POSTGRES)
      .withEnvironment({ POSTGRES_PASSWORD: 'test' })
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'max_connections=300'])
      .withExposedPorts(5_432)
      // The image starts the server twice: once to make the cluster, once to serve.
      .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2)),
  );
  return `postgres://postgres:test@${container.getHost()}:${container.getMappedPort(5_432)}/postgres`;
}

async function redis(start: Start): Promise<string> {
  const container = await start(new GenericContainer(REDIS).withExposedPorts(6_379));
  return `redis://${container.getHost()}:${container.getMappedPort(6_379)}`;
}

/** The broker tells its clients where it is, so that the port outside has to be chosen before it starts. */
async function kafka(start: Start): Promise<string[]> {
  const port = await freePortBase(1);
  const container = await start(
    new GenericContainer(KAFKA)
      .withExposedPorts({ container: 9_092, host: port })
      .withEnvironment({
        KAFKA_NODE_ID: '1',
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_LISTENERS: 'INTERNAL://0.0.0.0:9092,CONTROLLER://localhost:9093',
        KAFKA_ADVERTISED_LISTENERS: `INTERNAL://localhost:${port}`,
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_INTER_BROKER_LISTENER_NAME: 'INTERNAL',
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
        KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      })
      .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/)),
  );
  return [`${container.getHost()}:${port}`];
}
