/** The environment that Terraform runs in: what was allowed, and nothing that could steer it unseen. */

/** Terraform complains on every call when its CLI configuration is missing: this one is there on every machine, and empty. */
const EMPTY_CLI_CONFIGURATION = '/dev/null';

/** Variables that arguments, logs or caches would come in by; they never reach the tool. */
const NEVER_PASSED: readonly RegExp[] = [
  /^TF_LOG(_|$)/,
  /^TF_DATA_DIR$/,
  /^TF_CLI_CONFIG_FILE$/,
  /^TERRAFORM_CONFIG$/,
  /^TF_PLUGIN_CACHE/,
];

/** Names variables that make Terraform do other than what is written: arguments that nobody sees. */
export function hiddenArguments(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(environment)
    .filter((name) => /^TF_CLI_ARGS/.test(name))
    .sort();
}

/**
 * Completes an allow-listed environment.
 *
 * Terraform is told to ask nothing, to call nobody, and to read an empty CLI configuration.
 *
 * @param searchPath  taken when the environment has no PATH: provisioners need one, and it must be sealed
 */
export function terraformEnvironment(
  environment: Readonly<Record<string, string>>,
  searchPath: string,
): Readonly<Record<string, string>> {
  const passed = Object.entries(environment).filter(([name]) => !NEVER_PASSED.some((never) => never.test(name)));
  return {
    PATH: searchPath,
    ...Object.fromEntries(passed),
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    TF_CLI_CONFIG_FILE: EMPTY_CLI_CONFIGURATION,
  };
}

/** The input variables of an environment: a fresh plan needs the same ones. */
export function inputVariables(environment: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => name.startsWith('TF_VAR_')));
}

/** What of an environment may decide where a state lies. Before it runs a runner reads the world without the secrets: what only they tell must not count. */
export function withoutSecrets(given: {
  readonly environment: Readonly<Record<string, string>>;
  readonly secretVariables: readonly string[];
}): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(given.environment).filter(([name]) => !given.secretVariables.includes(name)),
  );
}
