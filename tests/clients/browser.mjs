// Debian's Chromium, headless, with screenshots kept as build artefacts.
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'

const artefacts = process.env.LATCHKEY_ARTEFACTS ?? 'build/check/clients'
mkdirSync(artefacts, { recursive: true })

export async function launch() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--disable-dev-shm-usage'],
  })
}

export const screenshot = (page, name) => page.screenshot({ path: path.join(artefacts, `${name}.png`), fullPage: true })
