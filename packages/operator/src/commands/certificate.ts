import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { commandOf, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { endpointsOf, printJson, printRows, type Surroundings } from '../surroundings.ts';

export const certificateCommand = (surroundings: Surroundings): Command =>
  commandOf('certificate', 'Certificates with which services come to Kafka; the local authority issues them.', [
    'certificate list',
    'certificate revoke reporting',
  ])
    .addCommand(listCommand(surroundings))
    .addCommand(revokeCommand(surroundings));

interface Line {
  readonly account: string;
  /** Common name of the certificate that stands for it. */
  readonly certificate: string;
  readonly validTo: string | null;
  readonly revoked: readonly string[];
}

const listCommand = (surroundings: Surroundings): Command =>
  withJson(
    commandOf('list', 'The certificate of each account, and those that were revoked.', ['certificate list']),
  ).action(async (options: { json?: boolean }) => {
    const { accounts, certificateFiles, certificateNameOf, revokedNames } = await import('@vienuviet/infra-local');
    const { folder } = await placeOf(surroundings);
    const revoked = revokedNames(folder);
    const lines = accounts().map((account): Line => {
      const certificate = certificateNameOf(folder, account);
      const file = certificateFiles(folder, certificate).certificate;
      const validTo = existsSync(file) ? new Date(new X509Certificate(readFileSync(file)).validTo).toISOString() : null;
      const own = revoked.filter((name) => name === account || name.startsWith(`${account}.`));
      return { account, certificate, validTo, revoked: own };
    });
    printRows(surroundings, options, lines, [
      { title: 'ACCOUNT', value: ({ account }) => account },
      { title: 'CERTIFICATE', value: ({ certificate }) => certificate },
      { title: 'VALID TO', value: ({ validTo }) => validTo ?? '' },
      { title: 'REVOKED', value: ({ revoked: names }) => names.join(', ') },
    ]);
  });

const revokeCommand = (surroundings: Surroundings): Command =>
  withJson(
    commandOf(
      'revoke',
      'Takes all rights of a certificate, within a minute and on open connections too, and issues its successor.',
      ['certificate revoke reporting', 'certificate revoke reporting.2'],
    ),
  )
    .argument('<name>', 'common name of the certificate, as `certificate list` shows it')
    .action(async (name: string, options: { json?: boolean }) => {
      const { revokeCertificate } = await import('@vienuviet/infra-local');
      const { brokers, folder, topicPrefix } = await placeOf(surroundings);
      const revocation = await revokeCertificate({ brokers, folder, topicPrefix, name });
      if (options.json) printJson(surroundings, revocation);
      else
        surroundings.console.out(
          `${revocation.revoked} may do nothing any more. Start its service again: it comes in as ${revocation.successor}.\n`,
        );
    });

async function placeOf(surroundings: Surroundings) {
  const endpoints = endpointsOf(surroundings);
  if (endpoints.kafkaOperator === undefined) {
    throw new OperatorError('failed', 'Kafka is not of this copy: whoever keeps its access lists takes the rights');
  }
  const { certificateFolder } = await import('@vienuviet/infra-local');
  return {
    brokers: endpoints.kafka.split(','),
    folder: certificateFolder(surroundings.dataFolder),
    topicPrefix: endpoints.topicPrefix ?? '',
  };
}
