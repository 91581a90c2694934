// What the tests of the libraries share: a page of docs/add_sign_in/ as a running app, and a person's visit to it in Chromium.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Database, Service, freePort, until } from '../http/service.mjs'
import { launch, screenshot } from './browser.mjs'

const password = 'correct horse battery staple'
const registration = /<<'JSON'\n([\s\S]*?)\nJSON\n/

// What a reader finds on a page: the metadata to register (the page's own, or the first page's), the files, and the commands: what to install, what to do then, and
// at the end what starts the app.
function readPage(name) {
  const text = readFileSync(`docs/add_sign_in/${name}.md`, 'utf8')
  const [, metadata] = text.match(registration) ?? readFileSync('docs/add_sign_in.md', 'utf8').match(registration)
  const [install, ...steps] = text.match(/```sh\n((?:npm|sudo apt-get) install [\s\S]*?)\n```/)[1].split('\n')
  return {
    metadata, steps,
    packages: install.match(/^npm install (.+)$/)?.[1].split(' ') ?? [],
    files: [...text.matchAll(/`([\w./]+)`[^`\n]*:\n\n```(?!sh\n)\w+\n([\s\S]*?)```/g)].map(([, file, content]) => ({ file, content })),
    command: steps.pop().replace(/^([A-Z_]+=\S+ )+/, ''),
  }
}

// The version that a page names is the one that is tested.
function checkPackages(packages, aliases) {
  for (const [, name, version] of packages.map((word) => word.match(/^(.+)@(\d+)$/))) {
    const installed = JSON.parse(readFileSync(`tests/node_modules/${aliases[name] ?? name}/package.json`, 'utf8')).version
    assert.equal(installed.split('.')[0], version, `the page installs ${name}@${version}, tests/package.json has ${installed}`)
  }
}

// The database, the service, Alice and Chromium: one for each test file.
export class Stage {
  apps = []

  static async open() {
    const stage = new Stage()
    stage.database = await Database.create()
    await stage.database.realm()
    await stage.database.user('alice', password)
    stage.service = await Service.start(stage.database)
    stage.browser = await launch()
    return stage
  }

  // Registers the page's app and starts it, on a port of its own instead of 3000. options:
  //   aliases      name of a package on the page -> its name in tests/package.json
  //   change       (text, { client, issuer }) -> the text of a file, where the page tells the reader to put something in
  //   environment  beside what the page's command sets
  //   metadata     instead of what the page registers
  //   more         files beside those of the page: name -> text
  async app(name, { aliases = {}, change = (text) => text, environment = {}, metadata = {}, more = {} } = {}) {
    const page = readPage(name), port = await freePort(), home = `http://localhost:${port}`
    const here = (text) => text.replaceAll('localhost:3000', `localhost:${port}`).replaceAll('localhost%3A3000', `localhost%3A${port}`)
    checkPackages(page.packages, aliases)
    const client = await this.database.client({ ...JSON.parse(here(page.metadata)), ...metadata })
    const folder = mkdtempSync(path.join(tmpdir(), 'latchkey-app-'))
    chmodSync(folder, 0o755)
    symlinkSync(path.resolve('tests/node_modules'), path.join(folder, 'node_modules'))
    for (const { file, content } of page.files) {
      const text = Object.entries(aliases).reduce((all, [from, to]) => all.replaceAll(`'${from}'`, `'${to}'`), here(content))
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
      writeFileSync(path.join(folder, file), change(text, { client, issuer: this.service.issuer }))
    }
    for (const [file, text] of Object.entries(more)) writeFileSync(path.join(folder, file), text)
    for (const step of page.steps) execFileSync('sh', ['-c', step], { cwd: folder })
    const app = new App({ folder, home, client })
    this.apps.push(app)
    app.start(page.command.replace(/\b3000\b/, port).replace('"$PWD"', folder), {
      ISSUER: this.service.issuer, CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret, PORT: String(port), ...environment,
    })
    await until(`the app of ${name}`, async () => (await fetch(home)).ok).catch((error) => { throw new Error(`${error.message}\n${app.output}`) })
    return app
  }

  // A client that acts for itself.
  async backend(metadata = {}) {
    return this.database.client({ client_name: 'Backend', grant_types: ['client_credentials'], token_endpoint_auth_method: 'client_secret_basic', ...metadata })
  }

  async close() {
    await this.browser?.close()
    for (const app of this.apps) await app.stop()
    await this.service?.stop()
    await this.database?.drop()
  }
}

class App {
  output = ''

  constructor(fields) { Object.assign(this, fields) }

  start(command, environment) {
    const [program, ...words] = command.split(' ')
    this.child = spawn(program === 'node' ? process.execPath : program, words, {
      cwd: this.folder, env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (bytes) => { this.output += bytes })
    this.exited = new Promise((resolve) => this.child.on('close', resolve))
    process.on('exit', () => this.child.kill('SIGKILL'))
  }

  async stop() {
    this.child.kill()
    await this.exited
    rmSync(this.folder, { recursive: true })
  }
}

// A person in Chromium; what Chromium complains about is kept.
export class Visit {
  complaints = []

  // name: of the screenshots
  static async begin(stage, app, name, options = {}) {
    const visit = new Visit()
    visit.app = app
    visit.name = name
    visit.context = await stage.browser.newContext(options)
    visit.page = await visit.context.newPage()
    visit.page.setDefaultTimeout(10000)
    visit.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) visit.complaints.push(`${message.text()} ${message.location().url.slice(0, 60)}`)
    })
    visit.page.on('pageerror', (error) => visit.complaints.push(String(error)))
    await visit.page.goto(app.home)
    return visit
  }

  async press(name) {
    await this.page.getByRole('link', { name, exact: true }).or(this.page.getByRole('button', { name, exact: true })).click()
  }

  async shows(selector, text) { await this.page.waitForSelector(`${selector}:text-is("${text}")`) }

  // at: where the app greets the person; hasAgreed: it was allowed before
  async signIn({ at = '/', isMistyped = false, hasAgreed = false } = {}) {
    await this.press('Sign in')
    await this.page.waitForURL(/\/login/)
    await screenshot(this.page, `${this.name}-login`)
    if (isMistyped) {
      await this.givePassword('wrong password, wrong password')
      assert.match(await this.page.textContent('body'), /do not match/)
      await screenshot(this.page, `${this.name}-login-wrong`)
    }
    await this.givePassword(password)
    if (!hasAgreed) {
      await this.page.waitForURL(/\/consent/)
      await screenshot(this.page, `${this.name}-consent`)
      await this.press('Allow')
    }
    await this.page.waitForURL(`${this.app.home}${at}`)
    await this.shows('h1', 'Hello, alice Example')
    assert.equal(await this.page.textContent('#email'), 'alice@example.org')
    await screenshot(this.page, `${this.name}-signed-in`)
  }

  async givePassword(text) {
    await this.page.fill('[name=login]', 'alice')
    await this.page.fill('[name=password]', text)
    await this.page.click('button[type=submit]')
  }

  // Twice: the second time with the token that the first one gave.
  async refresh() {
    for (const times of [1, 2]) {
      await this.press('Refresh')
      await this.page.waitForSelector(`#refreshed:text("refreshed ${times} times")`)
    }
  }

  // Signed out there means signed out here: the next sign-in asks for the password again.
  async signOut() {
    await this.press('Sign out')
    await this.page.waitForURL(`${this.app.home}/`)
    await this.shows('h1', 'Hello, stranger')
    await screenshot(this.page, `${this.name}-signed-out`)
    await this.press('Sign in')
    await this.page.waitForURL(/\/login/)
  }

  // Chromium tells of every answer that is an error page, as that of a wrong password is, and of the icon that the app has not.
  async end() {
    await this.context.close()
    assert.deepEqual(this.complaints.filter((complaint) => !/status of (400 .*\/login|404 .*\/favicon\.ico)$/.test(complaint)), [])
  }
}
