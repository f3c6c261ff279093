import { expect, test } from 'vitest';
import { isConfiguration, loadedFiles } from '../../../src/tools/terraform/configuration-files.ts';

const PATHS = [
  '/a/main.tf',
  '/a/main.tofu',
  '/a/main.tf.json',
  '/a/only.tofu.json',
  '/a/x_override.tf',
  '/a/x_override.tofu',
  '/b/main.tf',
  '/b/main.tofu.txt',
  '/b/tofu',
  '/b/tf.json',
];

test('[TERRAFORM-24] Terraform passes over the files of OpenTofu, and OpenTofu over what they replace', () => {
  expect(loadedFiles('terraform', PATHS)).toEqual(['/a/main.tf', '/a/main.tf.json', '/a/x_override.tf', '/b/main.tf']);
  expect(loadedFiles('tofu', PATHS)).toEqual([
    '/a/main.tofu',
    '/a/main.tf.json',
    '/a/only.tofu.json',
    '/a/x_override.tofu',
    '/b/main.tf',
  ]);
  expect(loadedFiles('tofu', [])).toEqual([]);
  expect(PATHS.filter((path) => !isConfiguration(path))).toEqual(['/b/main.tofu.txt', '/b/tofu', '/b/tf.json']);
});
