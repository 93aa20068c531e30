/** What stands before every path of a dashboard: nothing, where it is found at `/`. */
export function underPath(basePath: string): string {
  return basePath === '/' ? '' : basePath
}
