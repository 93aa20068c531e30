import { withoutEditors } from './hidden-editors.ts'
import { withOpenedValues } from './opened-values.ts'

/**
 * Scripts come from the dashboard alone, none from within a page, and nothing from elsewhere. Styles may stand in the page: the
 * editor of Bull Board makes its own as it runs.
 */
const policy = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:"],
  ...["font-src 'self'", "connect-src 'self'", "worker-src 'self'", "form-action 'self'", "base-uri 'self'"],
  "frame-ancestors 'none'",
].join('; ')

const always = {
  'Content-Security-Policy': policy,
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  // With none at all, browsers would not tell where a form came from.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

// What is loaded from another site is not needed: the page has fonts of the system.
const fromElsewhere = /<link[^>]+href="https?:[^>]*>/g

/** A response as browsers may have it; what it shows of jobs stays in no cache. */
export async function secured(response: Response, isStatic: boolean): Promise<Response> {
  const headers = new Headers(response.headers)
  for (const [name, value] of Object.entries(always)) headers.set(name, value)
  if (!isStatic || !response.ok) headers.set('Cache-Control', 'no-store')
  const { status } = response
  if (!headers.get('content-type')?.startsWith('text/html')) return new Response(response.body, { status, headers })
  headers.delete('content-length')
  const html = (await response.text()).replace(fromElsewhere, '')
  return new Response(withoutEditors(withOpenedValues(html)), { status, headers })
}
