import { topics } from '@vienuviet/schemas';
import { LocalError } from '../errors.ts';
import { ensureAccess, operatorConnection, PARTNER_PREFIX, REPLAYER } from './access.ts';
import { accountOf, addRevokedName, certificateNameOf, revokedNames } from './accounts.ts';
import { issueCertificate } from './certificates.ts';
import { BROKER, OPERATOR } from './server-properties.ts';

export interface Revocation {
  readonly revoked: string;
  /** Common name of the certificate that stands for the account from now on. */
  readonly successor: string;
}

/** Accounts whose rights are made from `topics.json`. */
export const accounts = (): string[] => [
  ...new Set([...topics.flatMap(({ owner, readers }) => [owner, ...readers]), REPLAYER]),
];

/**
 * Takes all rights of a certificate, on open connections too, and gives them to its successor, which is issued. Whoever
 * used it has to be started again with the successor. What was revoked stays so over every later start.
 */
export async function revokeCertificate(options: {
  readonly brokers: readonly string[];
  /** Of the certificates. */
  readonly folder: string;
  readonly topicPrefix: string;
  readonly name: string;
}): Promise<Revocation> {
  const { brokers, folder, topicPrefix, name } = options;
  const account = accountOf(name);
  refuseOthers(name, account);
  if (!revokedNames(folder).includes(name) && certificateNameOf(folder, account) !== name) {
    throw new LocalError(
      'refused',
      `${name} was never issued: ${account} comes in as ${certificateNameOf(folder, account)}`,
    );
  }
  addRevokedName(folder, name);
  const successor = certificateNameOf(folder, account);
  await issueCertificate(folder, successor);
  await ensureAccess(await operatorConnection(brokers, folder, topicPrefix), topics, folder);
  return { revoked: name, successor };
}

function refuseOthers(name: string, account: string): void {
  if (name.startsWith(PARTNER_PREFIX)) {
    throw new LocalError(
      'refused',
      `the rights of ${name} are those of its subscription: end it, and subscribe again with --certificate <successor>`,
    );
  }
  if (account === OPERATOR || account === BROKER) {
    throw new LocalError(
      'refused',
      `${name} is super user by the broker's settings: stop the platform, remove the folder of certificates and start it`,
    );
  }
  if (!accounts().includes(account)) {
    throw new LocalError('refused', `no account is called ${account}; there are: ${accounts().join(', ')}`);
  }
}
