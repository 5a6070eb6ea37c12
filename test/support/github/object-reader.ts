import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import type { Socket } from 'node:net'

export interface GitObject {
  sha: string
  type: string
  content: Buffer
}

interface Question {
  withContent: boolean
  answer: (object: GitObject | undefined) => void
  fail: (error: Error) => void
}

const FOUND = /^([0-9a-f]{40}) ([a-z]+) (\d+)$/

/**
 * Reads objects and resolves names by one `git cat-file --batch-command` that stays: a process for each question costs
 * ten times as much, and the stand-in asks dozens for a merge.
 */
export class ObjectReader {
  private readonly dir: string
  private readonly env: Record<string, string>
  private session: Session | undefined

  constructor(dir: string, env: Record<string, string>) {
    this.dir = dir
    this.env = env
  }

  /** What a revision names, without its content; undefined when it names nothing. */
  info(name: string): Promise<GitObject | undefined> {
    return this.ask('info', name)
  }

  read(name: string): Promise<GitObject | undefined> {
    return this.ask('contents', name)
  }

  /** Ends the process; the next question starts another, which sees alternates that are new. */
  stop(): void {
    this.session?.child.kill()
    this.session = undefined
  }

  private async ask(command: 'info' | 'contents', name: string): Promise<GitObject | undefined> {
    if (name.includes('\n')) return undefined
    if (!this.session || this.session.child.exitCode !== null) this.session = new Session(this.dir, this.env)
    return this.session.ask(command, name)
  }
}

/** One process, and the questions that it has not answered yet. */
class Session {
  readonly child: ChildProcessWithoutNullStreams
  private readonly asked: Question[] = []
  private received: Buffer = Buffer.alloc(0)

  constructor(dir: string, env: Record<string, string>) {
    const child = spawn('git', ['cat-file', '--batch-command'], { env: { ...env, GIT_DIR: dir }, cwd: dir })
    this.child = child
    child.stdout.on('data', (chunk: Buffer) => this.receive(chunk))
    child.stdin.on('error', () => {}) // its end is reported by `close`
    child.on('error', (error) => this.fail(error))
    child.on('close', () => this.fail(new Error(`git cat-file ended in ${dir}`)))
    // Waiting for questions must not keep the process of the suite alive.
    child.unref()
    for (const stream of [child.stdin, child.stdout, child.stderr] as unknown as Socket[]) stream.unref()
  }

  ask(command: 'info' | 'contents', name: string): Promise<GitObject | undefined> {
    return new Promise((answer, fail) => {
      this.asked.push({ withContent: command === 'contents', answer, fail })
      this.child.stdin.write(`${command} ${name}\n`)
    })
  }

  private fail(error: Error): void {
    for (const question of this.asked.splice(0)) question.fail(error)
  }

  private receive(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk])
    for (let question = this.asked[0]; question; question = this.asked[0]) {
      const object = this.take(question.withContent)
      if (object === 'incomplete') return
      this.asked.shift()
      question.answer(object)
    }
  }

  private take(withContent: boolean): GitObject | undefined | 'incomplete' {
    const end = this.received.indexOf('\n')
    if (end === -1) return 'incomplete'
    const [, sha = '', type = '', size = '0'] = FOUND.exec(this.received.toString('utf8', 0, end)) ?? []
    const start = end + 1
    const length = sha && withContent ? Number(size) + 1 : 0
    if (this.received.length < start + length) return 'incomplete'
    const content = Buffer.from(this.received.subarray(start, start + Math.max(0, length - 1)))
    this.received = this.received.subarray(start + length)
    return sha ? { sha, type, content } : undefined
  }
}
