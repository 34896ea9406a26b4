import { randomUUID } from 'node:crypto';
import { acceptedBody } from '@vienuviet/simulation/platform';
import type { Command } from 'commander';
import { commandOf, type Options, withAccount, withJson } from '../command.ts';
import { OperatorError } from '../errors.ts';
import { endpointsOf, printJson, printRows, type Surroundings, withPlatform } from '../surroundings.ts';

interface Subscription {
  readonly registrationNumber: string;
  readonly holderId: string;
  readonly certificateName: string;
  readonly topic: string;
  readonly openedAt: string;
  readonly endedAt: string | null;
}

interface Written {
  readonly stream: string;
  readonly version: number;
}

const gateway = 'partner-gateway';
const path = '/v1/partner-subscriptions';

export const partnerCommand = (surroundings: Surroundings): Command =>
  commandOf('partner', 'Partner agencies, which read the events of their own services’ cases on topics of their own.', [
    'partner subscribe 90001669496 --holder vsaa',
    'partner certificate 90001669496',
    'partner list',
    'partner end 90001669496',
  ])
    .addCommand(subscribeCommand(surroundings))
    .addCommand(listCommand(surroundings))
    .addCommand(endCommand(surroundings))
    .addCommand(certificateCommand(surroundings));

const number = '<registration-number>';
const whose = 'of the agency, eleven digits';

const subscribeCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf('subscribe', 'Tells an agency of the cases of a holder from now on.', [
        'partner subscribe 90001669496 --holder vsaa',
      ]),
    ),
  )
    .argument(number, whose)
    .requiredOption('--holder <id>', 'holder of the services, as the catalogue names it')
    .option('--certificate <name>', 'common name of its certificate; default partner.<registration number>')
    .action(async (registrationNumber: string, options: Options<{ holder: string; certificate?: string }>) => {
      const { holder: holderId, certificate } = options;
      const body = { registrationNumber, holderId, ...(certificate ? { certificateName: certificate } : {}) };
      const all = await change(surroundings, options, path, body);
      const opened = all.find((each) => each.registrationNumber === registrationNumber);
      if (options.json) printJson(surroundings, opened);
      else surroundings.console.out(`${holderId} is told on ${opened?.topic}, read with ${opened?.certificateName}\n`);
    });

const endCommand = (surroundings: Surroundings): Command =>
  withAccount(
    withJson(
      commandOf('end', 'Ends a subscription: nothing more is told, and reading ends within a minute.', [
        'partner end 90001669496',
      ]),
    ),
  )
    .argument(number, whose)
    .action(async (registrationNumber: string, options: Options) => {
      const all = await change(surroundings, options, `${path}/${encodeURIComponent(registrationNumber)}/end`);
      const ended = all.find((each) => each.registrationNumber === registrationNumber);
      if (options.json) printJson(surroundings, ended);
      else surroundings.console.out(`${registrationNumber} is told nothing more since ${ended?.endedAt}\n`);
    });

const listCommand = (surroundings: Surroundings): Command =>
  withAccount(withJson(commandOf('list', 'The present or last subscription of each agency.', ['partner list']))).action(
    async (options: Options) => {
      const { items } = await withPlatform(surroundings, (platform) =>
        platform.fetch<{ items: Subscription[] }>(gateway, options.as, { method: 'GET', path }),
      );
      printRows(surroundings, options, items, [
        { title: 'NUMBER', value: ({ registrationNumber }) => registrationNumber },
        { title: 'HOLDER', value: ({ holderId }) => holderId },
        { title: 'CERTIFICATE', value: ({ certificateName }) => certificateName },
        { title: 'OPENED', value: ({ openedAt }) => openedAt },
        { title: 'ENDED', value: ({ endedAt }) => endedAt ?? '' },
      ]);
    },
  );

const certificateCommand = (surroundings: Surroundings): Command =>
  withJson(
    commandOf(
      'certificate',
      'Issues an agency’s certificate by the local authority, or tells where it lies. It opens what a subscription names it for.',
      ['partner certificate 90001669496', 'partner certificate 90001669496 --successor 2'],
    ),
  )
    .argument(number, whose)
    .option('--successor <ending>', 'the next one, when the first must not be used any more')
    .action(async (registrationNumber: string, options: { json?: boolean; successor?: string }) => {
      const name = ['partner', registrationNumber, ...(options.successor ? [options.successor] : [])].join('.');
      if (!/^partner\.\d{11}(\.[a-z0-9]{1,20})?$/.test(name)) {
        throw new OperatorError('usage', `${name} is no name of a certificate: partner.<eleven digits>[.<ending>]`);
      }
      if (endpointsOf(surroundings).kafkaOperator === undefined) {
        throw new OperatorError('failed', 'Kafka is not of this copy: its own authority issues certificates');
      }
      const { certificateFolder, issueCertificate } = await import('@vienuviet/infra-local');
      const files = await issueCertificate(certificateFolder(surroundings.dataFolder), name);
      const { authority, certificate, key } = files;
      if (options.json) printJson(surroundings, { name, authority, certificate, key });
      else surroundings.console.out(`${authority}\n${certificate}\n${key}\n`);
    });

/** Changes a subscription, and answers all of them as they are afterwards. */
const change = (surroundings: Surroundings, { as }: Options, at: string, body?: object): Promise<Subscription[]> =>
  withPlatform(surroundings, async (platform) => {
    const headers = { 'idempotency-key': randomUUID() };
    const request = { method: 'POST' as const, path: at, headers, ...(body === undefined ? {} : { body }) };
    const { stream, version } = acceptedBody<Written>(await platform.ask(gateway, as, request));
    const after = { method: 'GET' as const, path: `${path}?after=${stream}@${version}` };
    return (await platform.fetch<{ items: Subscription[] }>(gateway, as, after)).items;
  });
