import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

interface Encoder {
  readonly buffer: Buffer;
}

interface Codec {
  compress(encoder: Encoder): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

const load = createRequire(import.meta.url);

const zstd: Codec = {
  compress: async ({ buffer }) => promisify(zstdCompress)(buffer),
  decompress: async (buffer) => promisify(zstdDecompress)(buffer),
};

/** Kafka's LZ4 is the frame format. The package is a prebuilt binary, loaded when the first such batch arrives. */
const lz4: Codec = {
  compress: ({ buffer }) => (load('lz4-napi') as typeof import('lz4-napi')).compressFrame(buffer),
  decompress: (buffer) => (load('lz4-napi') as typeof import('lz4-napi')).decompressFrame(buffer),
};

const snappy: Codec = {
  compress: async ({ buffer }) => (load('snappy') as typeof import('snappy')).compress(buffer),
  async decompress(buffer) {
    const { uncompress } = load('snappy') as typeof import('snappy');
    if (!buffer.subarray(0, XERIAL.length).equals(XERIAL)) return Buffer.from(await uncompress(buffer));
    const blocks: Buffer[] = [];
    for (let at = XERIAL_HEADER; at < buffer.length; ) {
      const size = buffer.readUInt32BE(at);
      at += 4;
      blocks.push(Buffer.from(await uncompress(buffer.subarray(at, at + size))));
      at += size;
    }
    return Buffer.concat(blocks);
  },
};

/** Java clients wrap snappy: magic, two version numbers of 4 bytes, then blocks of a 4-byte size and raw snappy. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = XERIAL.length + 8;

/**
 * Makes kafkajs read all four codecs; it has gzip only and throws on the first batch of another, so that one foreign
 * producer would stop a consumer. Safe to call again.
 */
export function registerCodecs(): void {
  const { CompressionTypes, CompressionCodecs } = kafkajs;
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstd;
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4;
  CompressionCodecs[CompressionTypes.Snappy] = () => snappy;
}
