const style = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
  body { max-width: 56rem; margin: 3rem auto; padding: 0 1.5rem }
  h1 { font-size: 1.25rem; font-weight: 600 } h2 { font-size: 0.95rem; font-weight: 600; margin: 1.5rem 0 0.25rem }
  pre { padding: 1rem; border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 0.5rem; overflow: auto; font-size: 0.85rem }
  form { display: flex; gap: 0.5rem } input, button { font: inherit; padding: 0.4rem 0.75rem; border-radius: 0.4rem; border: 1px solid color-mix(in srgb, currentColor 35%, transparent) }
  p { opacity: 0.75 }`

/** Text as HTML that shows it, and is nothing else. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A page of our own. `body` is HTML. */
export function page(title: string, body: string, status = 200, headers: Record<string, string> = {}): Response {
  const html = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><link rel="icon" href="data:,"><title>${escaped(title)}</title><style>${style}</style></head>
<body><h1>${escaped(title)}</h1>${body}</body></html>`
  return new Response(html, { status, headers: { ...headers, 'Content-Type': 'text/html; charset=utf-8' } })
}
