/** Files, as they are handed in: nothing but an adapter touches a file system. */

import type { Sha256Hex } from '../digest.ts';

/** One entry below a directory. `path` is relative, `/`-separated, never starts with `..`. */
export type FileEntry =
  | { readonly kind: 'file'; readonly path: string; readonly sizeBytes: number; readonly isExecutable: boolean }
  | { readonly kind: 'link'; readonly path: string; readonly linksTo: string }
  | { readonly kind: 'directory'; readonly path: string };

/** What is known of one path. */
export type FileStat = {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly sizeBytes: number;
  readonly mode: number;
  readonly ownerId: number;
  readonly modifiedAtMs: number;
};

/** Reads and writes files. Absence is an answer (`undefined`), other trouble is a Failure. */
export interface Files {
  /** The whole content; `undefined` when there is no such file. @throws Failure `CONFIG_INVALID` beyond `maxBytes` */
  read(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
  /** SHA-256 of the whole content, which is never in memory as a whole; `undefined` when there is no such file. @throws Failure `CONFIG_INVALID` beyond `maxBytes` */
  digest(path: string, maxBytes: number): Promise<Sha256Hex | undefined>;
  /** Writes through a temporary file, fsync and rename: readers see the old or the new content, never a half. Parents are made with 0700. */
  write(path: string, content: Uint8Array | string, mode: number): Promise<void>;
  /** What the path is, links not followed; `undefined` when there is none. */
  stat(path: string): Promise<FileStat | undefined>;
  /** Absolute and link-free; `undefined` when there is no such path. */
  realPath(path: string): Promise<string | undefined>;
  /** Everything below a directory, ordered by path, links not followed. `skip` prunes by relative path. */
  tree(directory: string, skip: (path: string) => boolean): Promise<readonly FileEntry[]>;
  /** A new, empty 0700 directory below `parent`. */
  makeTemporary(parent: string, prefix: string): Promise<string>;
  makeDirectory(path: string, mode: number): Promise<void>;
  link(path: string, linksTo: string): Promise<void>;
  /** Copies one file's bytes and mode; a copy-on-write clone where the file system can. */
  copy(from: string, to: string): Promise<void>;
  /** Removes a file or a whole directory; silent when there is none. */
  remove(path: string): Promise<void>;
}
