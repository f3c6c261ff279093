/**
 * The driver for exact commands: one program, its arguments, a directory's bytes, an environment and an input.
 *
 * Nothing is expanded, no shell is added, and nothing runs before the approval: planning only reads.
 *
 * The command runs in a private copy of the directory, so that what runs is what was sealed. Its relative paths therefore mean the
 * copy; absolute ones mean the world, and `COUNTERSIGN_DIRECTORY` names the directory itself. The directory is not read again before
 * the run: the sealed bytes stand for it, also on a runner whose account can't look into it.
 */

import { z } from 'zod';
import {
  canonicalJson,
  type Fact,
  Failure,
  isFailure,
  type Json,
  type Manifest,
  type Preview,
  type Processes,
  type ToolIdentity,
} from '../../kernel/index.ts';
import { bundleEnvironment, identityEnvironment, secretValues } from '../bundle-environment.ts';
import { packDirectory, unpackDirectory } from '../directory/packed-directory.ts';
import { directoryDigest, readDirectory, type SealedDirectory } from '../directory/sealed-directory.ts';
import type { Driver, ExecutionCommand, OpenedBundle, PlanAnswer, PlanRequest } from '../driver.ts';
import { identityFacts, probeIdentities } from '../identity/identity-facts.ts';
import { credentialsOfCommand } from '../identity/other-credentials.ts';
import { blobOf, corruptBundle, inRunDirectory } from '../opened-bundle.ts';
import { commandOutcome } from './command-outcome.ts';
import { commandPreview, DIRECTORY_VARIABLE } from './command-preview.ts';
import { COPY, identify, type LocateParts, locateTool } from './locate-tool.ts';

/** What the driver works with. */
export type ArgvParts = LocateParts & {
  readonly processes: Processes;
  /** Asks, while planning, whom credentials belong to; the command itself never runs then. */
  readonly sandboxed: Processes;
  /** Where the command lines of clouds are looked for: the planner's own or the runner's, never the change's. */
  readonly searchPath: string;
  /** The machine's own name: commands are bound to it. */
  readonly host: string;
};

const LISTING = z.strictObject({
  entries: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('directory'), path: z.string() }),
      z.strictObject({ kind: z.literal('link'), path: z.string(), linksTo: z.string() }),
      z.strictObject({
        kind: z.literal('file'),
        path: z.string(),
        digest: z.string(),
        sizeBytes: z.int(),
        isExecutable: z.boolean(),
      }),
    ]),
  ),
});

/** Opens the driver for exact commands. */
export function argvDriver(parts: ArgvParts): Driver {
  return {
    name: 'argv',
    identify: async (request) => ({ argv: request.argv, sourceDigest: await sourceDigest(parts, request) }),
    plan: (request) => plan(parts, request),
    probe: async (manifest, blobs) => [
      ...(await probe(parts, manifest)),
      ...(await probeIdentities(parts, manifest.facts, identityEnvironment(manifest, blobs))),
    ],
    materialise: (bundle) => materialise(parts, bundle),
    // What a command is about nobody can know; its files are facts.
    drift: async () => [],
    preview: async (bundle) => preview(parts, bundle),
    command,
    observe: async (_bundle, trace) => commandOutcome(trace),
    secrets,
  };
}

// The store of version control changes when nobody changes anything, and can be larger than all that it is about.
function isLeftOut(path: string): boolean {
  return path === '.git';
}

// Nobody means a whole home or machine; reading one to find that out would take for ever.
function isTooMuch({ directory, environment }: Pick<PlanRequest, 'directory' | 'environment'>): boolean {
  return directory === '/' || directory === environment['HOME'];
}

async function sourceDigest(parts: ArgvParts, request: Omit<PlanRequest, 'scratch'>): Promise<string> {
  if (isTooMuch(request)) return parts.hash('too much to seal');
  try {
    const sealed = await readDirectory(parts, request.directory, isLeftOut);
    return directoryDigest(parts.hash, sealed);
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    // A directory that can't be sealed is a source too; planning says what is wrong with it.
    return parts.hash(`unsealable ${thrown.code} ${thrown.message}`);
  }
}

async function plan(parts: ArgvParts, request: PlanRequest): Promise<PlanAnswer> {
  const [name] = request.argv;
  if (name === undefined || name === '') {
    return unplannable('there is no command', 'write the command after `--`');
  }
  if (isTooMuch(request)) {
    return unplannable(
      `${request.directory} is too much to seal`,
      'propose from the directory that the command needs, or name it with --dir; an empty one will do',
    );
  }
  try {
    const sealed = await readDirectory(parts, request.directory, isLeftOut);
    const place = { directory: request.directory, searchPath: request.environment['PATH'] ?? '', sealed };
    const tool = await locateTool(parts, name, place);
    if (tool === undefined) {
      return unplannable(
        `there is no program "${name}" on the search path or in ${request.directory}`,
        'check the name; a script needs its execute permission (chmod +x)',
      );
    }
    return await seal(parts, request, { tool, sealed });
  } catch (thrown) {
    if (!isFailure(thrown)) throw thrown;
    return unplannable(thrown.message, thrown.hint);
  }
}

type Found = { readonly tool: ToolIdentity; readonly sealed: SealedDirectory };

async function seal(parts: ArgvParts, request: PlanRequest, found: Found): Promise<PlanAnswer> {
  const { tool, sealed } = found;
  const digest = directoryDigest(parts.hash, sealed);
  const secret = new Set(request.secretVariables);
  const environmentVariables = {
    ...Object.fromEntries(Object.entries(request.environment).filter(([variable]) => !secret.has(variable))),
    [DIRECTORY_VARIABLE]: request.directory,
  };
  const args = request.argv.slice(1);
  const { directory, stdin, secretVariables } = request;
  const facts = [...factsOf(parts, directory, tool), ...(await identities(parts, request))];
  return {
    kind: 'planned',
    tool,
    argv: args,
    environmentVariables,
    facts,
    preview: commandPreview({
      tool,
      args,
      facts,
      directory,
      sealed,
      directoryDigest: digest,
      environmentVariables,
      secretVariables,
      stdin: stdin === undefined ? undefined : { sizeBytes: stdin.byteLength },
    }),
    checks: [],
    blobs: [
      { name: 'directory', content: await packDirectory(parts, directory, sealed), readers: 'runner' },
      { name: 'listing', content: Buffer.from(canonicalJson(listingJson(sealed))), readers: 'everybody' },
      ...(stdin === undefined ? [] : [{ name: 'stdin', content: stdin, readers: 'runner' as const }]),
    ],
    sourceDigest: digest,
  };
}

async function identities(parts: ArgvParts, request: PlanRequest): Promise<readonly Fact[]> {
  const { environment: variables, secretVariables, argv } = request;
  const asking = { ...parts, processes: parts.sandboxed };
  return await identityFacts(asking, { variables, secretVariables }, credentialsOfCommand(argv));
}

function factsOf(parts: ArgvParts, directory: string, tool: ToolIdentity): readonly Fact[] {
  return [
    { name: 'argv.directory', role: 'binding', value: directory },
    { name: 'argv.host', role: 'binding', value: parts.host },
    { name: 'argv.program', role: 'binding', value: tool.path },
    { name: 'tool.digest', role: 'version', value: tool.digest },
  ];
}

async function probe(parts: ArgvParts, manifest: Manifest): Promise<readonly Fact[]> {
  // A program of the sealed directory can't have changed: its bytes are in the bundle.
  if (manifest.tool.path.startsWith(`${COPY}/`)) return factsOf(parts, manifest.directory, manifest.tool);
  const tool = await identify(parts, manifest.tool.path);
  if (tool !== undefined) return factsOf(parts, manifest.directory, tool);
  throw new Failure('TOOL_MISSING', `the program ${manifest.tool.path} is gone`, {
    hint: 'install it again as it was, or propose the change anew',
    where: manifest.tool.path,
  });
}

async function materialise(parts: ArgvParts, bundle: OpenedBundle): Promise<void> {
  const into = inRunDirectory(bundle, COPY);
  await parts.files.makeDirectory(into, 0o700);
  const unpacked = await unpackDirectory(parts, blobOf(bundle, 'directory'), into);
  if (directoryDigest(parts.hash, unpacked) === directoryDigest(parts.hash, listing(bundle))) return;
  throw corruptBundle(bundle, 'the sealed directory is not the one that its listing names');
}

function preview(parts: ArgvParts, bundle: OpenedBundle): Preview {
  const { tool, argv, directory, environmentVariables, secretVariables, facts } = bundle.manifest;
  const sealed = listing(bundle);
  const stdin = bundle.blobs.get('stdin');
  return commandPreview({
    tool,
    args: argv,
    facts,
    directory,
    sealed,
    directoryDigest: directoryDigest(parts.hash, sealed),
    environmentVariables,
    secretVariables,
    stdin: stdin === undefined ? undefined : { sizeBytes: stdin.byteLength },
  });
}

function command(bundle: OpenedBundle): ExecutionCommand {
  return {
    file: inRunDirectory(bundle, bundle.manifest.tool.path),
    args: bundle.manifest.argv,
    directory: inRunDirectory(bundle, COPY),
    environment: bundleEnvironment(bundle),
    stdin: bundle.blobs.get('stdin'),
  };
}

// What came in by the standard input may be a password that the command prints again, line by line.
const SHORTEST_SECRET_LINE = 4;

function secrets(bundle: OpenedBundle): readonly string[] {
  const stdin = bundle.blobs.get('stdin');
  const lines = stdin === undefined ? [] : new TextDecoder().decode(stdin).split(/\r?\n/);
  const typed = lines.map((line) => line.trim()).filter((line) => line.length >= SHORTEST_SECRET_LINE);
  return [...new Set([...secretValues(bundle), ...typed])];
}

function listing(bundle: OpenedBundle): SealedDirectory {
  const parsed = LISTING.safeParse(parseJson(blobOf(bundle, 'listing')));
  if (parsed.success) return parsed.data;
  throw corruptBundle(bundle, 'its listing is not one');
}

function listingJson(sealed: SealedDirectory): Json {
  return { entries: sealed.entries.map((entry) => ({ ...entry })) };
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(content));
  } catch {
    return undefined;
  }
}

function unplannable(why: string, next: string): PlanAnswer {
  return { kind: 'unplannable', why, next, text: '' };
}
