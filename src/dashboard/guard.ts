const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether a request may change something. */
export function changes({ method }: Request): boolean {
  return !safeMethods.has(method)
}

/**
 * Whether a page of another site sent it: the browser says so (`Sec-Fetch-Site`), or, when it is an old one, names the site
 * (`Origin`). A program that is no browser sends neither, and holds no visitor's cookie.
 */
export function isFromElsewhere({ headers, url }: Request): boolean {
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site !== 'same-origin' && site !== 'none'
  const origin = headers.get('origin')
  if (origin === null) return false
  const host = headers.get('host') ?? new URL(url).host
  return !URL.canParse(origin) || new URL(origin).host !== host
}

/**
 * Whether it was sent from this machine to itself, by one of its own names. A stranger may write any name into a request, but not
 * come from 127.0.0.1; a page whose name was made to point there (DNS rebinding) sends its own name; what came through a proxy says
 * where from. `address` is the sender's: without it, nobody knows.
 */
export function isWithinThisMachine({ headers, url }: Request, address: string | undefined): boolean {
  if (address === undefined || !isLoopback(address)) return false
  const proxied = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']
  if (proxied.some((name) => headers.has(name))) return false
  const host = headers.get('host')
  const asked = host === null ? url : `http://${host}`
  return URL.canParse(asked) && isLoopback(new URL(asked).hostname)
}

/** Whether a name or an address means this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/^::ffff:(?=\d+\.)/, '')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name)
}
