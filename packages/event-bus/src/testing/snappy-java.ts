import { createRequire } from 'node:module';

const BLOCK = 32 * 1024;

/** Bytes as `org.xerial.snappy` writes them: magic, version, compatible version, then blocks with their size. */
export function snappyJava(data: Buffer): Buffer {
  const { compressSync } = createRequire(import.meta.url)('snappy') as typeof import('snappy');
  const parts: Buffer[] = [Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00, 0, 0, 0, 1, 0, 0, 0, 1])];
  for (let at = 0; at < data.length; at += BLOCK) {
    const block = compressSync(data.subarray(at, at + BLOCK));
    const size = Buffer.alloc(4);
    size.writeUInt32BE(block.length);
    parts.push(size, Buffer.from(block));
  }
  return Buffer.concat(parts);
}
