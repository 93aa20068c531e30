/** The bytes of a base64url text in its one form: no padding, no other characters, no stray bits; undefined for any other. */
export function readBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  // Node skips over what it does not know. What it would have written itself is the one form.
  return bytes.toString('base64url') === text ? bytes : undefined
}
