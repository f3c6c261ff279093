/** Rewrites a zip archive with some of its texts replaced, as somebody who tampers with a saved plan would. */

import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';

const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;

type Entry = { readonly name: Buffer; readonly content: Buffer };

/** Replaces a text in every entry whose name ends in `ending`. @throws when there is nothing to replace */
export function rezip(archive: Uint8Array, ending: string, from: string, to: string): Uint8Array {
  let replaced = 0;
  const entries = entriesOf(Buffer.from(archive)).map(({ name, content }) => {
    if (!name.toString().endsWith(ending) || !content.includes(from)) return { name, content };
    replaced += 1;
    return { name, content: Buffer.from(content.toString().replaceAll(from, to)) };
  });
  if (replaced === 0) throw new TypeError(`no ${ending} holds ${from}`);
  return archiveOf(entries);
}

function entriesOf(archive: Buffer): readonly Entry[] {
  const end = archive.length - END_BYTES;
  if (archive.readUInt32LE(end) !== END) throw new TypeError('not an archive without a comment');
  const entries: Entry[] = [];
  let at = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    const nameBytes = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const packed = archive.subarray(start, start + archive.readUInt32LE(at + 20));
    const content = archive.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed);
    entries.push({ name: archive.subarray(at + 46, at + 46 + nameBytes), content });
    at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

function archiveOf(entries: readonly Entry[]): Uint8Array {
  const files: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content } of entries) {
    const packed = deflateRawSync(content);
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(8, 4);
    shared.writeUInt32LE(crc32(content), 10);
    shared.writeUInt32LE(packed.length, 14);
    shared.writeUInt32LE(content.length, 18);
    shared.writeUInt16LE(name.length, 22);
    files.push(Buffer.from('PK\x03\x04'), shared, name, packed);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    const head = Buffer.alloc(6);
    head.writeUInt32LE(CENTRAL, 0);
    head.writeUInt16LE(20, 4);
    central.push(head, shared, place, name);
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(END_BYTES);
  const directory = Buffer.concat(central);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, directory, end]);
}
