/** Puts the chaos provider where Terraform finds providers without any configuration: the home's own plugin directory. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What `required_providers` has to say. */
const CHAOS_SOURCE = 'example.com/countersign/chaos';

const PROGRAM = fileURLToPath(new URL('./provider-process.ts', import.meta.url));
const PLATFORM = `${process.platform}_${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** The block that every configuration with chaos in it needs. */
export const CHAOS_REQUIRED = `terraform {
  required_providers {
    chaos = {
      source  = "${CHAOS_SOURCE}"
      version = "1.0.0"
    }
  }
}
`;

/**
 * Installs.
 *
 * @param home  becomes HOME of every terraform that is to find the provider
 * @param cloudDirectory  its world; the program carries it, so nothing of it has to pass any environment
 */
export function installChaosProvider(home: string, cloudDirectory: string): void {
  const directory = join(home, '.terraform.d/plugins', CHAOS_SOURCE, '1.0.0', PLATFORM);
  mkdirSync(directory, { recursive: true });
  const words = [process.execPath, PROGRAM, cloudDirectory].map((word) => `'${word}'`);
  // Terraform starts it several times a command: what Node compiled of it is used again.
  const cache = `export NODE_COMPILE_CACHE='${process.env['NODE_COMPILE_CACHE'] ?? ''}'`;
  writeFileSync(join(directory, 'terraform-provider-chaos_v1.0.0'), `#!/bin/sh\n${cache}\nexec ${words.join(' ')}\n`, {
    mode: 0o755,
  });
}
