import { expect, test } from 'vitest';
import { loaderTrouble } from '../../src/tools/index.ts';

test.each([
  [
    'makes the dynamic linker load libraries into every program',
    'LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES',
  ],
  ['makes the C library load character converters from there', 'GCONV_PATH'],
  ['makes getconf run programs from there', 'GETCONF_DIR'],
  ['makes a shell run a script before the one that was named', 'BASH_ENV ENV ZDOTDIR'],
  ['puts a function in the place of a program', 'BASH_FUNC_ls'],
  ['makes a shell trace, and run what its prompt holds', 'SHELLOPTS BASHOPTS PS4'],
  ['says where a shell loads commands and functions from', 'BASH_LOADABLES_PATH FPATH'],
  ['is a command that a shell runs', 'PROMPT_COMMAND'],
  ['names the shell that programs run commands with', 'SHELL PARALLEL_SHELL'],
  [
    'names a program or commands that are run where a text is to be edited',
    'EDITOR VISUAL GIT_EDITOR GIT_SEQUENCE_EDITOR KUBE_EDITOR FCEDIT VIMINIT EXINIT',
  ],
  ['names a program that is run on what is shown', 'PAGER GIT_PAGER AWS_PAGER MANPAGER LESSOPEN LESSCLOSE'],
  ['names a program that is run to open an address', 'BROWSER'],
  ['names a program or library that is given secrets', 'GIT_ASKPASS SSH_ASKPASS SUDO_ASKPASS SSH_SK_PROVIDER'],
  [
    'is a command that Git runs, also where Terraform fetches a module',
    'GIT_SSH GIT_SSH_COMMAND GIT_PROXY_COMMAND GIT_EXTERNAL_DIFF',
  ],
  ['names configuration of Git, where many options are commands', 'GIT_CONFIG GIT_CONFIG_GLOBAL GIT_CONFIG_SYSTEM'],
  [
    'sets any option of Git, and many of them are commands',
    'GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_CONFIG_PARAMETERS',
  ],
  ["says where Git's own commands are run from", 'GIT_EXEC_PATH'],
  ['brings hooks and configuration that Git runs', 'GIT_DIR GIT_COMMON_DIR GIT_TEMPLATE_DIR'],
  ['lets an address make Git run a command', 'GIT_ALLOW_PROTOCOL'],
  [
    'makes OpenSSL load engines and providers, in every program that uses it',
    'OPENSSL_CONF OPENSSL_CONF_INCLUDE OPENSSL_ENGINES OPENSSL_MODULES',
  ],
  ["names the program that OpenSSL's scripts run", 'OPENSSL'],
  [
    'says where Python loads modules from',
    'PYTHONPATH PYTHONHOME PYTHONPLATLIBDIR PYTHONUSERBASE PYTHONPYCACHEPREFIX PYTHONEXECUTABLE',
  ],
  ['makes Python run a file first', 'PYTHONSTARTUP'],
  ['makes Python load a module by its name', 'PYTHONBREAKPOINT PYTHONWARNINGS'],
  [
    'says what a Python installer installs, from where',
    'PIP_INDEX_URL UV_INDEX UV_INDEX_URL UV_DEFAULT_INDEX UV_EXTRA_INDEX_URL UV_PYTHON UV_CONFIG_FILE',
  ],
  ['says where Perl loads modules from', 'PERL5LIB PERLLIB'],
  ['is options or code for every Perl script', 'PERL5OPT PERL5DB'],
  [
    'says which Ruby code is loaded',
    'RUBYLIB GEM_HOME GEM_PATH BUNDLE_GEMFILE BUNDLE_PATH BUNDLE_CONFIG RUBYGEMS_GEMDEPS',
  ],
  ['is options or the shell of every Ruby script', 'RUBYOPT RUBYSHELL'],
  ['makes Node load modules that were not named', 'NODE_OPTIONS NODE_REPL_EXTERNAL_MODULE'],
  ['says where Node loads modules or compiled code from', 'NODE_PATH NODE_COMPILE_CACHE'],
  ['sets any option of npm: its shell, its registry, options for Node', 'npm_config_script_shell NPM_CONFIG_REGISTRY'],
  [
    'is options for Java, which load agents',
    'JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS JDK_JAVAC_OPTIONS _JAVA_OPTIONS JAVA_OPTS',
  ],
  ['says which Java runs, and which classes', 'CLASSPATH JAVA_HOME JAVACMD'],
  ['is options or scripts for a Java build', 'MAVEN_OPTS MAVEN_ARGS GRADLE_OPTS GRADLE_USER_HOME'],
  ['is configuration that makes PHP load a file first', 'PHPRC PHP_INI_SCAN_DIR'],
  ['is Lua code, or says where it is loaded from', 'LUA_INIT LUA_INIT_5_4 LUA_PATH LUA_CPATH'],
  ['says where an interpreter loads code from', 'AWKPATH AWKLIBPATH TCLLIBPATH PSModulePath'],
  [
    'makes .NET load an assembly or a library',
    'DOTNET_STARTUP_HOOKS DOTNET_ADDITIONAL_DEPS CORECLR_PROFILER_PATH COR_PROFILER',
  ],
  ['is code or options that an interpreter starts with', 'ERL_FLAGS ERL_AFLAGS ERL_LIBS R_PROFILE_USER R_ENVIRON'],
  ['is options or rules that make reads first', 'MAKEFLAGS GNUMAKEFLAGS MAKEFILES'],
  [
    'makes a build run another program',
    'GOFLAGS RUSTC_WRAPPER CARGO_BUILD_RUSTC_WRAPPER CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER',
  ],
  ['is configuration that puts other providers in the place of the sealed ones', 'TF_CLI_CONFIG_FILE TERRAFORM_CONFIG'],
  ['adds arguments that nobody sees', 'TF_CLI_ARGS TF_CLI_ARGS_apply'],
  ['attaches providers that are already running, whose bytes are not sealed', 'TF_REATTACH_PROVIDERS'],
  ['says where providers are taken from', 'TF_PLUGIN_CACHE_DIR TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE'],
  ['names programs that OpenTofu runs to encrypt its state', 'TF_ENCRYPTION'],
  [
    'names a program that Terragrunt runs, or says so in a file',
    'TERRAGRUNT_TFPATH TERRAGRUNT_CONFIG TERRAGRUNT_AUTH_PROVIDER_CMD TG_TF_PATH TG_CONFIG TG_AUTH_PROVIDER_CMD',
  ],
  [
    'says where Ansible loads code from',
    'ANSIBLE_CONFIG ANSIBLE_LIBRARY ANSIBLE_MODULE_UTILS ANSIBLE_ROLES_PATH ANSIBLE_COLLECTIONS_PATH ANSIBLE_CALLBACK_PLUGINS',
  ],
  [
    'names a program that Ansible runs',
    'ANSIBLE_EXECUTABLE ANSIBLE_SSH_EXECUTABLE ANSIBLE_BECOME_EXE ANSIBLE_PYTHON_INTERPRETER ANSIBLE_VAULT_PASSWORD_FILE ANSIBLE_VAULT_IDENTITY_LIST',
  ],
  ['names programs that kubectl or helm runs', 'KUBECTL_EXTERNAL_DIFF HELM_PLUGINS HELM_DATA_HOME'],
  ['says where plugins and credential helpers are run from', 'DOCKER_CONFIG DOCKER_CLI_PLUGIN_EXTRA_DIRS'],
  ['says which code a cloud command line loads', 'CLOUDSDK_PYTHON CLOUDSDK_PYTHON_ARGS AZURE_EXTENSION_DIR'],
  ['lets a credential file run a program', 'GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES'],
  ['is configuration that names a program which Vault runs', 'VAULT_CONFIG_PATH'],
  ['makes a database client run commands or load a library', 'PSQLRC LIBMYSQL_PLUGINS LIBMYSQL_PLUGIN_DIR'],
  ['is a command that is run to connect', 'RSYNC_RSH RSYNC_CONNECT_PROG CVS_RSH SVN_SSH BORG_RSH'],
  ['adds options that nobody sees, and some run a command', 'TAR_OPTIONS ZIPOPT WGETRC SYSTEM_WGETRC'],
  ['is a command that is run for a secret', 'RESTIC_PASSWORD_COMMAND BORG_PASSCOMMAND SOPS_AGE_KEY_CMD'],
])('[PROPOSE-06, L3] it %s: %s', (why, names) => {
  for (const name of names.split(' ')) {
    expect(loaderTrouble(name), name).toBe(why);
    expect(loaderTrouble(name, 'x'), name).toBe(why);
  }
});

test.each([
  ['TF_CLI_CONFIG_FILE', '/dev/null'],
  ['GIT_CONFIG_GLOBAL', '/dev/null'],
  ['PAGER', ''],
  ['AWS_PAGER', ''],
  ['PYTHONWARNINGS', 'ignore'],
  ['PYTHONBREAKPOINT', '0'],
])(
  '[PROPOSE-06, L3] %s loads nothing when it is "%s", and counts as one that does where its value is not known',
  (name, value) => {
    expect(loaderTrouble(name, value)).toBe(undefined);
    expect(loaderTrouble(name)).not.toBe(undefined);
    expect(loaderTrouble(name, `${value} `)).not.toBe(undefined);
  },
);

test('[PROPOSE-06, L3] what only looks like one of them, or brings data, is no loader', () => {
  const harmless =
    'PATH HOME LANG TZ TMPDIR NODE_EXTRA_CA_CERTS SSL_CERT_FILE KUBECONFIG AWS_CONFIG_FILE AWS_PROFILE TF_VAR_editor TF_WORKSPACE ' +
    'TF_DATA_DIR ENVIRONMENT MY_ENV LD OLD_X GIT_AUTHOR_NAME GIT_CONFIG_NOSYSTEM ld_preload EDITORS _PAGERS PYTHONUTF8 ' +
    'PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE NODE_ENV GOPATH CARGO_TARGET_DIR ANSIBLE_FORCE_COLOR ANSIBLE_HOST_KEY_CHECKING ' +
    'UV_THREADPOOL_SIZE PGHOST SSH_AUTH_SOCK DOCKER_HOST __proto__ constructor';
  for (const name of harmless.split(' ')) expect(loaderTrouble(name, 'x'), name).toBe(undefined);
  // Start and end of a pattern may not share letters.
  expect(loaderTrouble('ANSIBLE_EXECUTABLE')).not.toBe(undefined);
  expect(loaderTrouble('ANSIBLE_PLUGINS')).toBe(undefined);
  expect(loaderTrouble('SOPS_CMD')).toBe(undefined);
});
