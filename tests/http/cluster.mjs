// A PostgreSQL of a test's own, to restart, freeze and stop.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { useCluster } from './service.mjs'

const run = promisify(execFile)

export class Cluster {
  static async start() {
    const cluster = new Cluster()
    const { stdout } = await run('tests/db/pg.sh', ['start'])
    cluster.url = stdout.trim().split('\n').at(-1)
    cluster.socket = cluster.url.match(/host=(\S+)/)[1]
    useCluster(cluster.url)
    return cluster
  }

  postmaster() { return Number(readFileSync(`${this.socket}/../data/postmaster.pid`, 'utf8').split('\n')[0]) }

  async pids() {
    const parent = this.postmaster()
    const { stdout } = await run('pgrep', ['-P', String(parent)])
    return [parent, ...stdout.trim().split('\n').map(Number)]
  }

  async freeze() { this.frozen = await this.pids(); for (const pid of this.frozen) process.kill(pid, 'SIGSTOP') }
  thaw() { for (const pid of this.frozen ?? []) try { process.kill(pid, 'SIGCONT') } catch {} }
  async stopServer() { await run('tests/db/pg.sh', ['halt', this.url]) }
  async startServer() { await run('tests/db/pg.sh', ['resume', this.url]) }
  async restart() { await this.stopServer(); await this.startServer() }
  async stop() { this.thaw(); await run('tests/db/pg.sh', ['stop', this.url]) }
}
