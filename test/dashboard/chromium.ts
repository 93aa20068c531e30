import { existsSync } from 'node:fs'
import type { BrowserContextOptions } from 'playwright-core'
import { chromium } from 'playwright-core'

const places = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = places.find((path) => path !== undefined && existsSync(path))

/** Whether this machine has a Chromium. Where CI runs, its absence is a failure and no reason to skip. */
export const canBrowse = executablePath !== undefined || Boolean(process.env['CI'])

/** For a title: says why the tests under it are skipped, when they are. */
export const why = canBrowse ? '' : ' (skipped: there is no Chromium here)'
if (!canBrowse)
  console.warn('the dashboard is not tested in a browser: apt-get install chromium, or set CHROMIUM to it')

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

export async function launchBrowser() {
  if (executablePath === undefined) throw new Error('there is no Chromium here: apt-get install chromium')
  return chromium.launch({ executablePath, args: flags })
}

/** As the screenshots are taken, and the tests look. */
export const look: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  locale: 'en-GB',
  timezoneId: 'UTC',
}
