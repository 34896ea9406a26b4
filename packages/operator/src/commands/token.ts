import type { Command } from 'commander';
import { commandOf } from '../command.ts';
import { type Surroundings, withPlatform } from '../surroundings.ts';

export const tokenCommand = (surroundings: Surroundings): Command =>
  commandOf('token', 'Prints a bearer token of one of the sample people (see: people), good for an hour.', [
    'token clerk.aizkraukle.1',
    'token portal | xargs -I{} curl -H "Authorization: Bearer {}" http://127.0.0.1:7413/v1/feed',
  ])
    .argument('<name>', 'name of the account')
    .action(async (name: string) => {
      const header = await withPlatform(surroundings, (platform) => platform.tokens.authorizationOf(name));
      surroundings.console.out(`${header.replace('Bearer ', '')}\n`);
    });
