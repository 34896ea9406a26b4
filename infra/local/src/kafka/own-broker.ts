import { mkdtempSync, rmSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kafkaSsl } from '@vienuviet/event-bus';
import kafkajs from 'kafkajs';
import { clearUp, throwAwayData } from '../platform/clear-up.ts';
import { freePortBase, type PortPlan, portPlan } from '../platform/port-plan.ts';
import { identityOf } from '../processes/identity.ts';
import { createSupervisor } from '../processes/supervisor.ts';
import { silent } from '../progress.ts';
import { certificateFolder, startBroker } from './broker.ts';
import { certificateFiles, issueCertificate } from './certificates.ts';

/** A broker of a test file's own, which takes nobody without a certificate. */
export interface OwnBroker {
  readonly ports: PortPlan;
  /** Of the certificates. */
  readonly folder: string;
  readonly brokers: readonly string[];
  readonly partner: string;
  /** A client under a common name, coming in where services do. */
  as(name: string, options?: Partial<kafkajs.KafkaConfig>): Promise<kafkajs.Kafka>;
  remove(): Promise<void>;
}

export async function startOwnBroker(): Promise<OwnBroker> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'broker-'));
  await chmod(dataFolder, 0o755);
  const ports = portPlan(await freePortBase(30));
  const supervisor = createSupervisor({ dataFolder, plan: 'test', watched: identityOf(process.pid)! });
  const [internal, partnerPort] = [ports.server('kafka'), ports.server('kafkaPartner')];
  const { brokers, partner } = await startBroker({
    ...{ supervisor, internal: 'certificates', life: 'short', progress: silent },
    ports: { internal, partner: partnerPort, controller: ports.server('kafkaController') },
  });
  const folder = certificateFolder(dataFolder);
  return {
    ...{ ports, folder, brokers, partner },
    as: async (name, options = {}) =>
      new kafkajs.Kafka({
        ...{ brokers, logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 2 } },
        ssl: kafkaSsl(await issueCertificate(folder, name)),
        ...options,
      }),
    async remove() {
      await clearUp(dataFolder);
      throwAwayData(dataFolder);
      rmSync(dataFolder, { recursive: true });
    },
  };
}

/** A client with the operator's certificate, where the options do not say otherwise. */
export const operatorClient = (
  { brokers, certificates }: { readonly brokers: readonly string[]; readonly certificates: string },
  options: Partial<kafkajs.KafkaConfig> = {},
): kafkajs.Kafka =>
  new kafkajs.Kafka({
    ...{ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 2 } },
    ...{ ssl: kafkaSsl(certificateFiles(certificates, 'operator')) },
    ...options,
  });

export async function withAdmin<T>(kafka: kafkajs.Kafka, work: (admin: kafkajs.Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
