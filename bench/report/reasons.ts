/** What the profiles say of the goals that a run may miss, and what was tried. Its figures are of profiles, which no run repeats. */
export const reasons = `### Where goals are missed, in each run or in some

- **Bytes of an order of one item.** An envelope, and the names of the fields, once a text: more than a single item saves. The names stay
  there, so that a text is told from one of another shape even where a schema was changed and its version was not, and any tool can
  read it; a shape that the version implies would save them, and was decided against.
- **Plain values.** The walk is as fast as devalue's. What is over is what devalue does not do: encoding asks of each object whether it is
  a built-in whose prototype was taken (about a fifth of the time), and for symbols and hidden properties; decoding scans the whole text
  before it builds anything of it (another fifth). Tried without gain: descriptors in place of names, walks without steps and depths.
- **A store, asked one thing after the other.** The codec costs what mapping by hand does. The rest is a deadline for each question and
  the strict reading of UTF-8, in code that runs cold between two answers. It has no promise and no timer of its own for a question.
- **Sealed jobs.** Node's AES-256-GCM takes 5 µs for a small text in a loop, of which a third is making the cipher, and two to four times that
  between other work; a worker opens a payload and seals a result, which comes to half of what an unsealed job takes, and more. HMAC is two
  digests, 2.4 µs in a loop. One derived key serves 128 nonces, and digests are taken in one call each. Tried without gain: KeyObject, texts
  straight into the cipher, pieces of other sizes. A cipher or MAC of our own was decided against.
`
