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
 * Whether it was sent to this machine by one of its own names. A page whose name was made to point to 127.0.0.1 (DNS rebinding)
 * sends its own name; what came through a proxy says where from.
 */
export function isToThisMachine({ headers, url }: Request): boolean {
  const proxied = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']
  if (proxied.some((name) => headers.has(name))) return false
  const host = headers.get('host')
  const address = host === null ? url : `http://${host}`
  return URL.canParse(address) && isLoopback(new URL(address).hostname)
}

/** Whether a name or an address means this machine alone. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(?:\.\d{1,3}){3}$/.test(name)
}
