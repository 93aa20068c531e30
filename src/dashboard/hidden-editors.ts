/**
 * Bull Board shows a pencil at each job and at each schedule, and has no setting that takes them away. What they open is always refused:
 * see `editors` of create-boards.ts. The other pencils, of limits, stay. Names of classes end with a hash that changes from release to release.
 */
const style = `<style>
  ul[class^="jobActions"] > li:has(.lucide-pencil), td[class^="actionsCell"] > :has(.lucide-pencil) { display: none }
</style>`

/** A page of the board without the buttons that open these editors. */
export function withoutEditors(html: string): string {
  return html.replace('</head>', `${style}</head>`)
}
