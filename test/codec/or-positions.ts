/** What a path reads where values are secret: each name that no schema declares becomes a position, or `["…"]`. */
export function orPositions(path: string): RegExp {
  const escaped = path.replaceAll(/[$.[\]()]/g, '\\$&')
  const names = /\\\.([A-Za-z_]\w*)(?!\w|\\\()/g
  return new RegExp(`^${escaped.replaceAll(names, (name) => `(?:${name}|\\.value\\(\\d+\\)|\\["…"\\])`)}$`)
}
