/** Names the variables that make a program load or run code that stands in no plan and no argument. */

/** Variables of one reader, and what it does with them, as the end of "it …". */
type Loader = {
  /** Whole names; one `*` stands for anything. */
  readonly names: readonly string[];
  readonly why: string;
  /** Values that turn the reader off. */
  readonly harmless?: readonly string[];
};

/**
 * What such a variable points to is never sealed, so a signature over program and arguments would cover something else than what
 * runs.
 *
 * Not among them: PATH and HOME, without which little runs, and files that bring data and may name a helper (KUBECONFIG,
 * AWS_CONFIG_FILE, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS): people need them, and approvers see each by name and value. TF_DATA_DIR
 * is sealed as a fact of its own.
 */
const LOADERS: readonly Loader[] = [
  // ld.so(8), dyld(1), iconv(3), getconf(1)
  { names: ['LD_*', 'DYLD_*'], why: 'makes the dynamic linker load libraries into every program' },
  { names: ['GCONV_PATH'], why: 'makes the C library load character converters from there' },
  { names: ['GETCONF_DIR'], why: 'makes getconf run programs from there' },
  // bash(1), dash(1), ksh(1), zsh(1)
  { names: ['BASH_ENV', 'ENV', 'ZDOTDIR'], why: 'makes a shell run a script before the one that was named' },
  { names: ['BASH_FUNC_*'], why: 'puts a function in the place of a program' },
  { names: ['SHELLOPTS', 'BASHOPTS', 'PS4'], why: 'makes a shell trace, and run what its prompt holds' },
  { names: ['BASH_LOADABLES_PATH', 'FPATH'], why: 'says where a shell loads commands and functions from' },
  { names: ['PROMPT_COMMAND'], why: 'is a command that a shell runs' },
  { names: ['SHELL', 'PARALLEL_SHELL'], why: 'names the shell that programs run commands with' },
  // environ(7), less(1), man(1), sudo(8), ssh(1)
  {
    names: ['EDITOR', 'VISUAL', '*_EDITOR', 'FCEDIT', 'VIMINIT', 'EXINIT'],
    why: 'names a program or commands that are run where a text is to be edited',
  },
  {
    names: ['PAGER', '*_PAGER', 'MANPAGER', 'LESSOPEN', 'LESSCLOSE'],
    why: 'names a program that is run on what is shown',
    harmless: [''],
  },
  { names: ['BROWSER'], why: 'names a program that is run to open an address' },
  { names: ['*_ASKPASS', 'SSH_SK_PROVIDER'], why: 'names a program or library that is given secrets' },
  // git(1), git-config(1)
  {
    names: ['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_PROXY_COMMAND', 'GIT_EXTERNAL_DIFF'],
    why: 'is a command that Git runs, also where Terraform fetches a module',
  },
  {
    names: ['GIT_CONFIG', 'GIT_CONFIG_GLOBAL', 'GIT_CONFIG_SYSTEM'],
    why: 'names configuration of Git, where many options are commands',
    harmless: ['/dev/null'],
  },
  {
    names: ['GIT_CONFIG_COUNT', 'GIT_CONFIG_KEY_*', 'GIT_CONFIG_VALUE_*', 'GIT_CONFIG_PARAMETERS'],
    why: 'sets any option of Git, and many of them are commands',
  },
  { names: ['GIT_EXEC_PATH'], why: "says where Git's own commands are run from" },
  { names: ['GIT_DIR', 'GIT_COMMON_DIR', 'GIT_TEMPLATE_DIR'], why: 'brings hooks and configuration that Git runs' },
  { names: ['GIT_ALLOW_PROTOCOL'], why: 'lets an address make Git run a command' },
  // openssl-env(7)
  {
    names: ['OPENSSL_CONF', 'OPENSSL_CONF_INCLUDE', 'OPENSSL_ENGINES', 'OPENSSL_MODULES'],
    why: 'makes OpenSSL load engines and providers, in every program that uses it',
  },
  { names: ['OPENSSL'], why: "names the program that OpenSSL's scripts run" },
  // python(1)
  {
    names: [
      'PYTHONPATH',
      'PYTHONHOME',
      'PYTHONPLATLIBDIR',
      'PYTHONUSERBASE',
      'PYTHONPYCACHEPREFIX',
      'PYTHONEXECUTABLE',
    ],
    why: 'says where Python loads modules from',
  },
  { names: ['PYTHONSTARTUP'], why: 'makes Python run a file first' },
  {
    names: ['PYTHONBREAKPOINT', 'PYTHONWARNINGS'],
    why: 'makes Python load a module by its name',
    harmless: ['0', 'ignore', 'default', 'always', 'error'],
  },
  {
    names: ['PIP_*', 'UV_INDEX*', 'UV_DEFAULT_INDEX', 'UV_EXTRA_INDEX_URL', 'UV_PYTHON', 'UV_CONFIG_FILE'],
    why: 'says what a Python installer installs, from where',
  },
  // perlrun(1)
  { names: ['PERL5LIB', 'PERLLIB'], why: 'says where Perl loads modules from' },
  { names: ['PERL5OPT', 'PERL5DB'], why: 'is options or code for every Perl script' },
  // ruby(1), bundle-config(1)
  {
    names: ['RUBYLIB', 'GEM_HOME', 'GEM_PATH', 'BUNDLE_GEMFILE', 'BUNDLE_PATH', 'BUNDLE_CONFIG', 'RUBYGEMS_GEMDEPS'],
    why: 'says which Ruby code is loaded',
  },
  { names: ['RUBYOPT', 'RUBYSHELL'], why: 'is options or the shell of every Ruby script' },
  // node(1), npm-config(7)
  { names: ['NODE_OPTIONS', 'NODE_REPL_EXTERNAL_MODULE'], why: 'makes Node load modules that were not named' },
  { names: ['NODE_PATH', 'NODE_COMPILE_CACHE'], why: 'says where Node loads modules or compiled code from' },
  { names: ['npm_config_*', 'NPM_CONFIG_*'], why: 'sets any option of npm: its shell, its registry, options for Node' },
  // java(1) and the scripts that start it
  {
    names: ['JAVA_TOOL_OPTIONS', 'JDK_JAVA_OPTIONS', 'JDK_JAVAC_OPTIONS', '_JAVA_OPTIONS', 'JAVA_OPTS'],
    why: 'is options for Java, which load agents',
  },
  { names: ['CLASSPATH', 'JAVA_HOME', 'JAVACMD'], why: 'says which Java runs, and which classes' },
  {
    names: ['MAVEN_OPTS', 'MAVEN_ARGS', 'GRADLE_OPTS', 'GRADLE_USER_HOME'],
    why: 'is options or scripts for a Java build',
  },
  // Other interpreters
  { names: ['PHPRC', 'PHP_INI_SCAN_DIR'], why: 'is configuration that makes PHP load a file first' },
  { names: ['LUA_INIT*', 'LUA_PATH*', 'LUA_CPATH*'], why: 'is Lua code, or says where it is loaded from' },
  { names: ['AWKPATH', 'AWKLIBPATH', 'TCLLIBPATH', 'PSModulePath'], why: 'says where an interpreter loads code from' },
  {
    names: ['DOTNET_STARTUP_HOOKS', 'DOTNET_ADDITIONAL_DEPS', 'CORECLR_PROFILER*', 'COR_PROFILER*'],
    why: 'makes .NET load an assembly or a library',
  },
  {
    names: ['ERL_FLAGS', 'ERL_*FLAGS', 'ERL_LIBS', 'R_PROFILE*', 'R_ENVIRON*'],
    why: 'is code or options that an interpreter starts with',
  },
  // make(1), go(1), cargo(1)
  { names: ['MAKEFLAGS', 'GNUMAKEFLAGS', 'MAKEFILES'], why: 'is options or rules that make reads first' },
  {
    names: ['GOFLAGS', 'RUSTC*', 'CARGO_BUILD_RUSTC*', 'CARGO_TARGET_*_RUNNER', 'CARGO_TARGET_*_LINKER'],
    why: 'makes a build run another program',
  },
  // https://developer.hashicorp.com/terraform/cli/config/environment-variables, https://opentofu.org/docs/language/state/encryption
  {
    names: ['TF_CLI_CONFIG_FILE', 'TERRAFORM_CONFIG'],
    why: 'is configuration that puts other providers in the place of the sealed ones',
    // Countersign seals this value itself.
    harmless: ['/dev/null'],
  },
  { names: ['TF_CLI_ARGS*'], why: 'adds arguments that nobody sees' },
  { names: ['TF_REATTACH_PROVIDERS'], why: 'attaches providers that are already running, whose bytes are not sealed' },
  { names: ['TF_PLUGIN_CACHE*'], why: 'says where providers are taken from' },
  { names: ['TF_ENCRYPTION'], why: 'names programs that OpenTofu runs to encrypt its state' },
  {
    names: [
      'TERRAGRUNT_TFPATH',
      'TERRAGRUNT_CONFIG',
      'TERRAGRUNT_AUTH_PROVIDER_CMD',
      'TG_TF_PATH',
      'TG_CONFIG',
      'TG_AUTH_PROVIDER_CMD',
    ],
    why: 'names a program that Terragrunt runs, or says so in a file',
  },
  // ansible-config(1)
  {
    names: [
      'ANSIBLE_CONFIG',
      'ANSIBLE_LIBRARY',
      'ANSIBLE_MODULE_UTILS',
      'ANSIBLE_ROLES_PATH',
      'ANSIBLE_COLLECTIONS_*',
      'ANSIBLE_*_PLUGINS',
    ],
    why: 'says where Ansible loads code from',
  },
  {
    names: [
      'ANSIBLE_*EXECUTABLE',
      'ANSIBLE_*EXE',
      'ANSIBLE_*_INTERPRETER',
      'ANSIBLE_VAULT_PASSWORD_FILE',
      'ANSIBLE_VAULT_IDENTITY_LIST',
    ],
    why: 'names a program that Ansible runs',
  },
  // kubectl, helm, docker, cloud command lines
  {
    names: ['KUBECTL_EXTERNAL_DIFF', 'HELM_PLUGINS', 'HELM_DATA_HOME'],
    why: 'names programs that kubectl or helm runs',
  },
  { names: ['DOCKER_CONFIG', 'DOCKER_CLI_PLUGIN_*'], why: 'says where plugins and credential helpers are run from' },
  {
    names: ['CLOUDSDK_PYTHON*', 'AZURE_EXTENSION_DIR'],
    why: 'says which code a cloud command line loads',
  },
  { names: ['GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES'], why: 'lets a credential file run a program' },
  { names: ['VAULT_CONFIG_PATH'], why: 'is configuration that names a program which Vault runs' },
  // Databases and copies
  {
    names: ['PSQLRC', 'LIBMYSQL_PLUGINS', 'LIBMYSQL_PLUGIN_DIR'],
    why: 'makes a database client run commands or load a library',
  },
  {
    names: ['RSYNC_RSH', 'RSYNC_CONNECT_PROG', 'CVS_RSH', 'SVN_SSH', 'BORG_RSH'],
    why: 'is a command that is run to connect',
  },
  {
    names: ['TAR_OPTIONS', 'ZIPOPT', 'WGETRC', 'SYSTEM_WGETRC'],
    why: 'adds options that nobody sees, and some run a command',
  },
  { names: ['*_PASSWORD_COMMAND', '*_PASSCOMMAND', 'SOPS_*_CMD'], why: 'is a command that is run for a secret' },
];

/**
 * Why a variable would make programs load or run code that nobody approved; `undefined` for every other one. Names are compared
 * exactly: programs do as well.
 *
 * @param value  where it is known; a reader that the value turns off loads nothing
 * @returns the end of a sentence that begins with the variable's name
 */
export function loaderTrouble(name: string, value?: string): string | undefined {
  const loader = LOADERS.find(({ names }) => names.some((pattern) => fits(pattern, name)));
  if (loader === undefined || (value !== undefined && loader.harmless?.includes(value) === true)) return undefined;
  return loader.why;
}

function fits(pattern: string, name: string): boolean {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return name === pattern;
  return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
}
