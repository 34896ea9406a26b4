import { tokenByName } from '@vienuviet/simulation/platform';
import { type Command, Option } from 'commander';
import { commandOf } from '../command.ts';
import { type Surroundings, withPlatform } from '../surroundings.ts';

export const tokenCommand = (surroundings: Surroundings): Command =>
  commandOf('token', 'Prints a bearer token of one of the sample people (see: people), good for an hour.', [
    'token clerk.aizkraukle.1',
    'token clerk.cesis.2 --role supervisor',
    'token engineer --acr two-factors',
    'token portal | xargs -I{} curl -H "Authorization: Bearer {}" http://127.0.0.1:7413/v1/feed',
  ])
    .argument('<name>', 'name of the account')
    .option('--role <role>', 'one of the roles of the account; its first when not given')
    .addOption(
      new Option('--acr <sign-in>', 'how the person is to have signed in, just now')
        .choices(['one-factor', 'two-factors'])
        .default('one-factor'),
    )
    .action(async (name: string, { role, acr }: { role?: string; acr: string }) => {
      const asked = { role, acr: `urn:vienuviet:acr:${acr}` };
      const token = await withPlatform(surroundings, (platform) =>
        tokenByName(platform.client('identity'), name, asked),
      );
      surroundings.console.out(`${token.accessToken}\n`);
    });
