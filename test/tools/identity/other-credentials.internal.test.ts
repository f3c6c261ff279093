import { expect, test } from 'vitest';
import { credentialsOfCommand, credentialsOfProviders } from '../../../src/tools/identity/other-credentials.ts';

const document = (providers: Readonly<Record<string, object>>): object => ({
  configuration: {
    provider_config: Object.fromEntries(
      Object.entries(providers).map(([key, expressions]) => [
        key,
        { name: key.split(/[.:]/).findLast((part) => part !== 'west') ?? '', expressions },
      ]),
    ),
  },
});

test('[IDENTITY-04, L15] a provider that names credentials of its own leaves nothing to say of the environment’s', () => {
  const constant = { constant_value: 'x' };
  expect([
    ...credentialsOfProviders(
      JSON.parse(
        JSON.stringify(
          document({
            aws: { region: constant },
            'aws.west': { assume_role: [{ role_arn: constant }] },
            'module.m:google': { credentials: { references: ['var.c'] } },
            helm: { kubernetes: [{ host: constant }] },
            azurerm: { features: [{}] },
            other: { profile: constant },
          }),
        ),
      ),
    ),
  ]).toEqual([
    ['aws', 'the configuration names others in a provider, by assume_role'],
    ['gcp', 'the configuration names others in a provider, by credentials'],
    ['kubernetes', 'the configuration names others in a provider, by kubernetes'],
  ]);
  const odd = [{}, { configuration: null }, { configuration: { provider_config: [] } }];
  for (const one of odd) expect([...credentialsOfProviders(one)]).toEqual([]);
  expect([...credentialsOfProviders({ configuration: { provider_config: { aws: { name: 'aws' } } } })]).toEqual([]);
});

test('[IDENTITY-04] options count with one dash or two, with their value beside them or behind a =', () => {
  expect([...credentialsOfCommand(['run', '--context=prod', '-profile', 'x', '--subscription'])]).toEqual([
    ['aws', 'the command may name others with --profile'],
    ['azure', 'the command may name others with --subscription'],
    ['kubernetes', 'the command may name others with --context'],
  ]);
  expect([...credentialsOfCommand(['profile', '--profiles', 'a--profile', '--'])]).toEqual([]);
});
