/**
 * Values are opened to the end when somebody sees the board for the first time, dates and what is hidden within them too: Bull Board
 * closes all that stands three levels deep, and has this setting of its users nowhere but in their browsers.
 */
const script = `try {
  const name = 'board-settings'
  const settings = { state: { defaultCollapseDepth: 10 }, version: 2 }
  if (localStorage.getItem(name) === null) localStorage.setItem(name, JSON.stringify(settings))
} catch {}
`

/** The path of the script, within the dashboard. */
export const openedValuesPath = '/static/opened-values.js'

/** A page of the board with the script before its own. */
export function withOpenedValues(html: string): string {
  return html.replace(/<base [^>]*>/, `$&<script src="${openedValuesPath.slice(1)}"></script>`)
}

export function answerOpenedValues(): Response {
  return new Response(script, { headers: { 'Content-Type': 'text/javascript; charset=utf-8' } })
}
