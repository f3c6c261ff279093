/** Which files of a directory Terraform or OpenTofu loads as configuration. */

import type { ToolName } from './choose-tool.ts';

/** A file of either language, in either syntax. */
const CONFIGURATION = /\.(?:tf|tofu)(?:\.json)?$/;
const OF_TOFU = /\.tofu(?=(?:\.json)?$)/;

/** Tells whether Terraform or OpenTofu may load a file. @param path  its name, or a path that ends with it */
export function isConfiguration(path: string): boolean {
  return CONFIGURATION.test(path);
}

/**
 * Chooses those that one of the two loads, in the order that they were given.
 *
 * Terraform passes over `.tofu` files. OpenTofu takes `main.tofu` instead of `main.tf`, and `main.tofu.json` instead of `main.tf.json`
 * (OpenTofu documentation, "Files and Directories: Extension Precedence").
 */
export function loadedFiles(tool: ToolName, paths: readonly string[]): readonly string[] {
  const configuration = paths.filter(isConfiguration);
  const ofTofu = configuration.filter((path) => OF_TOFU.test(path));
  const other = configuration.filter((path) => !OF_TOFU.test(path));
  if (tool === 'terraform') return other;
  const replaced = new Set(ofTofu.map((path) => path.replace(OF_TOFU, '.tf')));
  return configuration.filter((path) => !replaced.has(path));
}
