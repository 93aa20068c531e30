import { inspect } from 'node:util'

/**
 * A text as it is stored: the encoded payload, result or progress of a job. BullMQ carries it about in place of the value,
 * and its text is written verbatim (see bullmq.ts).
 */
export class EncodedText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** For `console.log`, which is to tell no payload. */
  [inspect.custom](): string {
    return `EncodedText <${Buffer.byteLength(this.text)} bytes>`
  }

  /** For logs and traces: the envelope, or the text itself when somebody else wrote it and it is no JSON. */
  toJSON(): unknown {
    try {
      return JSON.parse(this.text)
    } catch {
      return this.text
    }
  }
}
