/**
 * Installs what `npm start` and `npm test` need, when it is missing or older than the lock file. Quiet otherwise.
 *
 * Plain JavaScript that any Node from 16 on can run: on a fresh machine this runs before the pinned Node is there.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const stamp = join(modules, '.countersign-lock');
const pinnedNode = join(modules, '.bin', 'node');

/** What has to be installed, as one digest: a change of either file makes the installed modules old. */
function wantedDigest() {
  const hash = createHash('sha256');
  for (const name of ['package-lock.json', '.npmrc']) hash.update(readFileSync(join(root, name)));
  return hash.digest('hex');
}

function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === wantedDigest() && existsSync(pinnedNode);
}

function writeStamp() {
  mkdirSync(modules, { recursive: true });
  writeFileSync(stamp, `${wantedDigest()}\n`);
}

/** The search path without `node_modules/.bin`: the Node that installs must not be one that the install replaces. */
function outerPath() {
  const entries = (process.env['PATH'] || '').split(delimiter);
  return entries.filter((entry) => !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(entry)).join(delimiter);
}

function install() {
  const why = existsSync(modules) ? 'node_modules is older than package-lock.json' : 'node_modules is missing';
  console.error(`countersign: ${why}; installing with npm ci (a minute at most) …`);
  const env = Object.assign({}, process.env, { PATH: outerPath() });
  const options = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = spawnSync('npm', options, { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (npm.error || npm.status !== 0) {
    stop(
      npm.error ? `npm could not be started: ${npm.error.message}` : `npm ci ended with ${npm.status ?? npm.signal}`,
      'see its words above; a registry must be reachable for the first install, then run the same command again',
    );
  }
}

/** The pinned Node is a package whose install script fetches it: proves that it came and runs. */
function provePinnedNode() {
  const wanted = JSON.parse(readFileSync(join(modules, 'node', 'package.json'), 'utf8')).version;
  const found = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  if (found.status === 0 && found.stdout.trim() === `v${wanted}`) return;
  stop(
    `Node ${wanted} was not installed into node_modules (its install script did not run)`,
    'allow it once with `npm rebuild node --ignore-scripts=false`, then run the same command again',
  );
}

function stop(what, next) {
  console.error(`countersign: set-up stopped: ${what}\n  next: ${next}`);
  process.exit(1);
}

if (process.argv.includes('--stamp')) {
  // npm runs `prepare` after an install by hand too, which then need not be repeated; but also before `npm pack`.
  if (['ci', 'install'].includes(process.env['npm_command'])) writeStamp();
} else if (!isInstalled()) {
  install();
  provePinnedNode();
  writeStamp();
  console.error('countersign: installed');
}
