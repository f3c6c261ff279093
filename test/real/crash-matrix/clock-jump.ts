/** Loaded before a runner: its clock is three hours ahead from the moment that a file named by CLOCK_JUMPS_AT is there. */

import { existsSync } from 'node:fs';

const JUMP_MS = 3 * 60 * 60 * 1000;
const flag = process.env['CLOCK_JUMPS_AT'] ?? '';
const now = Date.now;

Date.now = () => now() + (existsSync(flag) ? JUMP_MS : 0);
