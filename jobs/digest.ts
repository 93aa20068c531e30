import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { defineModel, defineQueue } from 'brinemq'
import { z } from 'zod'

/** What a file held when it was read. */
export class Digest {
  constructor(
    readonly path: string,
    readonly size: bigint,
    readonly modifiedAt: Date,
    readonly sha256: Uint8Array,
  ) {}

  get hex(): string {
    return Buffer.from(this.sha256).toString('hex')
  }

  equals(other: Digest): boolean {
    return this.path === other.path && this.size === other.size && this.hex === other.hex
  }
}

/** A file that a worker is to read. It knows how. */
export class SourceFile {
  constructor(readonly path: string) {}

  async digest(signal?: AbortSignal): Promise<Digest> {
    const { size, mtime } = await stat(this.path, { bigint: true })
    const hash = createHash('sha256')
    await pipeline(createReadStream(this.path, { signal }), hash)
    return new Digest(this.path, size, mtime, new Uint8Array(hash.digest()))
  }
}

const sourceFile = defineModel(SourceFile, {
  tag: 'source-file',
  fields: z.object({ path: z.string() }),
  decode: ({ path }) => new SourceFile(path),
})

const digest = defineModel(Digest, {
  tag: 'digest',
  fields: z.object({
    path: z.string(),
    size: z.bigint(),
    modifiedAt: z.date(),
    sha256: z.instanceof(Uint8Array).refine((bytes) => bytes.length === 32),
  }),
  decode: ({ path, size, modifiedAt, sha256 }) => new Digest(path, size, modifiedAt, sha256),
})

export const files = defineQueue('files', {
  models: [sourceFile, digest],
  jobs: {
    digest: {
      payload: sourceFile.schema,
      result: z.object({ digest: digest.schema, by: z.number() }),
      // Thousands of files leave thousands of results behind, which nobody asks for twice.
      options: { removeOnComplete: { age: 3600, count: 1000 }, removeOnFail: { age: 24 * 3600 } },
    },
  },
})
