/**
 * Which folder may import which. `test/architecture.test.ts` runs these rules, proves that every file was looked at,
 * and proves that each rule fires on a tree that breaks it.
 *
 * A group (`loop/`, `guard/`, `work/`) holds parts with a door each; any other folder below `src/` is a part itself.
 */

/** Modules of Node that only compute. `crypto` is in: hashing and checking signatures are pure; its randomness is caught elsewhere. */
const PURE = '^(node:)?(buffer|crypto|path|path/posix|string_decoder|url|util)$';

/** An npm package by name, whether it was found on disk or not. */
const npm = (names) => `(^|node_modules/)(${names})($|/)`;

const GROUP = '^src/(loop|guard|work)/';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule(
      'kernel-imports-nothing',
      'R1: words and laws stay pure: no other folder, no package, no node: module',
      { path: '^src/kernel/' },
      { pathNot: '^src/kernel/' },
    ),
    rule(
      'tools-import-the-kernel-only',
      'What we know of a tool is a pure reader of its words',
      { path: '^src/tools/' },
      { path: '^src/', pathNot: '^src/(tools|kernel)/' },
    ),
    rule(
      'record-imports-the-kernel-only',
      'The record knows what happened, not who makes it happen',
      { path: '^src/record/' },
      { path: '^src/', pathNot: '^src/(record|kernel)/' },
    ),
    rule(
      'phases-never-meet',
      'R2: a phase of the loop imports kernel, tools and record; never another phase',
      { path: '^src/loop/([^/]+)/' },
      { path: '^src/', pathNot: '^src/(kernel|tools|record|loop/$1)/' },
    ),
    rule(
      'verify-never-reaches-the-actor',
      'R3: the verifier is not the actor (L2): no path at all, not even through others, leads to execute or propose',
      { path: '^src/loop/verify/' },
      { path: '^src/loop/(execute|propose)/', reachable: true },
    ),
    rule(
      'only-adapters-do-io',
      'R4: all I/O lies behind ports',
      { path: '^src/', pathNot: '^src/adapters/' },
      { dependencyTypes: ['core'], pathNot: PURE },
    ),
    rule(
      'io-packages-in-adapters-only',
      'R4: a package that does I/O is I/O',
      { path: '^src/', pathNot: '^src/adapters/' },
      { path: npm('kysely|@anthropic-ai/sandbox-runtime|age-encryption') },
    ),
    rule(
      'command-line-package-in-surfaces-only',
      'R6: how words are typed is the business of a surface',
      { path: '^src/', pathNot: '^src/surfaces/' },
      { path: npm('@stricli/[a-z]+') },
    ),
    rule(
      'adapters-know-only-ports',
      'R5: an adapter imports kernel, record and tools; of a phase it may know the types of its ports and nothing that runs',
      { path: '^src/adapters/' },
      { path: '^src/(loop|guard|work|qualify|agents)/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'adapters-never-look-outward',
      'R5: an adapter is joined, it does not join',
      { path: '^src/adapters/' },
      { path: '^src/(surfaces/|compose)' },
    ),
    rule(
      'nobody-imports-surfaces',
      'R6: a surface is where a person or a program comes in; nothing inside knows it',
      { path: '^src/', pathNot: '^src/surfaces/' },
      { path: '^src/surfaces/' },
    ),
    rule(
      'surfaces-never-meet',
      'R6: no surface knows another',
      { path: '^src/surfaces/([^/]+)/' },
      { path: '^src/surfaces/', pathNot: '^src/surfaces/$1/' },
    ),
    rule(
      'the-hook-starts-cold',
      'R7: the hook runs before every command of an agent: kernel and guard/command only',
      { path: '^src/surfaces/hook/' },
      { path: '^(src/|node_modules/)', pathNot: '^src/(surfaces/hook|kernel|guard/command)/' },
    ),
    rule(
      'only-compose-joins',
      'R8: one place joins ports to adapters',
      { path: '^src/', pathNot: '^src/(adapters/|compose(\\.ts$|/))' },
      { path: '^src/adapters/' },
    ),
    rule('no-cycles', 'R9: whatever needs each other is one thing', {}, { circular: true }),
    rule('no-orphans', 'R9: nothing here is for later', { orphan: true, pathNot: '\\.d\\.ts$' }, {}),
    rule(
      'web-sees-the-contract-only',
      'R10: the page is a client and nothing more',
      { path: '^web/' },
      { path: '^src/', pathNot: '^src/surfaces/http/contract\\.ts$' },
    ),
    rule(
      'part-only-through-its-door',
      'From outside a part only its index.ts is imported',
      { path: '^src/([^/]+)' },
      { path: '^src/(?!loop/|guard/|work/|surfaces/|compose/)[^/]+/(?!index[.]ts$)', pathNot: '^src/$1/' },
    ),
    rule(
      'phase-only-through-its-door',
      'From outside a part of a group only its index.ts is imported',
      { path: '^src/(?!loop/|guard/|work/)' },
      { path: `${GROUP}[^/]+/(?!index[.]ts$)` },
    ),
    rule(
      'neighbour-only-through-its-door',
      'From a part of a group only the door of its neighbour is imported',
      { path: `${GROUP}([^/]+)/` },
      { path: `${GROUP}[^/]+/(?!index[.]ts$)`, pathNot: '^src/$1/$2/' },
    ),
    rule(
      'never-the-own-door',
      'Inside a part its own door is never imported',
      { path: '^src/([^/]+)/(?!index[.]ts$)' },
      { path: '^src/$1/index[.]ts$' },
    ),
    rule(
      'never-the-own-phase-door',
      'Inside a part of a group its own door is never imported',
      { path: `${GROUP}([^/]+)/(?!index[.]ts$)` },
      { path: '^src/$1/$2/index[.]ts$' },
    ),
    rule('nothing-unresolved', 'An import that leads nowhere was not looked at', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
