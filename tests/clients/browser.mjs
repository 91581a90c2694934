// Debian's Chromium, headless, with screenshots kept as build artefacts, and axe-core's judgement of a page.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { chromium } from 'playwright-core'

const artefacts = process.env.LATCHKEY_ARTEFACTS ?? 'build/check/clients'
mkdirSync(artefacts, { recursive: true })
const axe = readFileSync('tests/node_modules/axe-core/axe.min.js', 'utf8')

export async function launch() {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
      '--disable-dev-shm-usage'],
  })
}

export const screenshot = (page, name) => page.screenshot({ path: path.join(artefacts, `${name}.png`), fullPage: true })

// One line a violation: the rule and the elements that break it. rules: names of axe-core's; all of them when not given.
export async function accessibilityProblems(page, rules) {
  await page.evaluate(axe)
  const { violations } = await page.evaluate((runOnly) => axe.run(runOnly ? { runOnly } : {}), rules)
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

// Screenshots in light and dark, on a phone and a desk, and what axe-core says of each.
export async function look(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    for (const [device, width, height] of [['phone', 320, 640], ['desk', 1280, 800]]) {
      await page.setViewportSize({ width, height })
      await screenshot(page, `${name}-${colorScheme}-${device}`)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width, `${name} fits ${width} pixels`)
    }
    // The second scheme has other colours and nothing else.
    assert.deepEqual(await accessibilityProblems(page, colorScheme === 'dark' ? ['color-contrast'] : undefined), [], `${name}, ${colorScheme}`)
  }
  await page.emulateMedia({ colorScheme: 'light' })
}
