/** Names the variables that make a program load or run code that stands in no plan and no argument. */

/**
 * Whole names, or beginnings where they end with `*`. For each the program that reads it: what it points to is never sealed, so a
 * signature over program and arguments would cover something else than what runs.
 *
 * NODE_EXTRA_CA_CERTS and SSL_CERT_FILE are not among them: they bring data, and people behind a company's proxy need them.
 */
const LOADER_VARIABLES: readonly string[] = [
  // The dynamic linkers of Linux and macOS, and the C library's converters: any program at all.
  'LD_*',
  'DYLD_*',
  'GCONV_PATH',
  // Shells: a script that is read first, options that run one, functions in the place of programs.
  'BASH_ENV',
  'ENV',
  'SHELLOPTS',
  'BASHOPTS',
  'BASH_FUNC_*',
  // Interpreters: options, and where modules come from.
  'NODE_OPTIONS',
  'NODE_PATH',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'PYTHONHOME',
  'PERL5LIB',
  'PERL5OPT',
  'RUBYOPT',
  'RUBYLIB',
  'JAVA_TOOL_OPTIONS',
  'JDK_JAVA_OPTIONS',
  '_JAVA_OPTIONS',
  // Git runs the value as a command, and Terraform runs Git for its modules.
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_PROXY_COMMAND',
  'GIT_EXTERNAL_DIFF',
];

/**
 * Whether a variable would make programs load code that nobody approved, whatever its value. Names are compared exactly: programs
 * do as well.
 */
export function isLoaderVariable(name: string): boolean {
  return LOADER_VARIABLES.some((known) => (known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : name === known));
}
