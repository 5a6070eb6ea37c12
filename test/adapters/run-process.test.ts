import { mkdtempSync, readFileSync, existsSync, rmSync, realpathSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import { maskOf } from '../../src/adapters/mask.ts'
import { processRunner } from '../../src/adapters/run-process.ts'
import type { Command, ProcessEnd } from '../../src/adapters/run-process.ts'

let folder: string
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'seamless-process-')))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

type Some = Partial<Command> & { graceMs?: number }

async function bash(
  line: string,
  { graceMs = 300, ...some }: Some = {},
): Promise<ProcessEnd & { lines: string[]; ms: number }> {
  const lines: string[] = []
  const started = performance.now()
  const end = await processRunner({ mask: maskOf(['top-secret-value']), graceMs })({
    file: 'bash',
    args: ['--norc', '-c', line],
    directory: folder,
    environment: { PATH: process.env['PATH'] ?? '' },
    signal: new AbortController().signal,
    timeoutMs: 20_000,
    onLine: (text) => lines.push(text),
    ...some,
  })
  return { ...end, lines, ms: performance.now() - started }
}

function message(end: ProcessEnd): string {
  return end.kind === 'failed' ? `${end.failure.why}: ${end.failure.message}` : end.kind
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    // A dead process that nobody has buried yet still takes signals.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

function pidIn(name: string): number {
  return Number(readFileSync(join(folder, name), 'utf8'))
}

describe('what a command is given', () => {
  test('I01 arguments reach the program as they are', async () => {
    const args = ['$(touch pwn)', '`touch pwn`', '; touch pwn', '"\'', '| cat', '--x=\n']
    const end = await bash('', {
      file: process.execPath,
      args: ['-e', 'console.log(JSON.stringify(process.argv.slice(1)))', '--', ...args],
    })
    expect(JSON.parse(end.output)).toEqual(args)
    expect(existsSync(join(folder, 'pwn'))).toBe(false)
  })

  test('I13 nothing of our environment but what it is given', async () => {
    const end = await bash('env | cut -d= -f1 | sort', {
      environment: { PATH: process.env['PATH'] ?? '', A: '1' },
    })
    expect(end.lines).toEqual(['A', 'PATH', 'PWD', 'SHLVL', '_'])
  })

  test('its folder and its input; without one it reads nothing instead of waiting', async () => {
    expect((await bash('pwd; cat', { input: 'given' })).lines).toEqual([folder, 'given'])
    expect((await bash('cat; echo end')).lines).toEqual(['end'])
    expect((await bash('exec 0<&-; echo does not read', { input: 'x'.repeat(1_000_000) })).kind).toBe('done')
  })
})

describe('its output', () => {
  test('comes line by line while it runs', async () => {
    const seen: { line: string; at: number }[] = []
    const started = performance.now()
    await bash('echo one; sleep 0.4; echo two >&2', {
      onLine: (line) => seen.push({ line, at: performance.now() - started }),
    })
    expect(seen.map(({ line }) => line)).toEqual(['one', 'two'])
    expect(seen[1]!.at - seen[0]!.at).toBeGreaterThan(300)
  })

  test('S01 S02 is masked before anyone sees it: lines, what is kept, the message, what is captured', async () => {
    const token = `ghs_${'a1B2'.repeat(9)}`
    const end = await bash(`echo "a top-secret-value b"; echo ${token}; echo own-of-step >&2; exit 3`, {
      secrets: ['own-of-step'],
      captureBytes: 1000,
      title: 'with top-secret-value',
    })
    expect(end.lines.join()).toBe('a *** b,***,***')
    expect(JSON.stringify(end)).not.toMatch(/top-secret-value|ghs_|own-of-step/)
    expect(message(end)).toBe('exit: with *** failed (exit 3). It last said: ***')
  })

  test('S01 a colour code or a carriage return in the middle of a secret does not carry it past the mask', async () => {
    const end = await bash(
      String.raw`printf 'top-\033[31msecret\033[0m-value\n'; printf '\033]0;title\007x\n'; printf 'a\bb\n'`,
    )
    expect(end.lines).toEqual(['***', 'x', 'ab'])
  })

  test('of a progress display the last state is shown', async () => {
    const end = await bash(
      String.raw`printf '10%%\r50%%\r100%%\r\n'; printf 'windows\r\n'; printf '1/2\r2/2'`,
    )
    expect(end.lines).toEqual(['100%', 'windows', '2/2'])
  })

  test('invalid UTF-8 becomes replacement characters, and characters cut by a read stay whole', async () => {
    const end = await bash(
      String.raw`printf 'a\xff\xfeb\n'; printf '\xc3'; sleep 0.1; printf '\xbc\n'; printf 'end\xc3'`,
    )
    expect(end.lines).toEqual(['a\uFFFD\uFFFDb', 'ü', 'end\uFFFD'])
  })

  test('a line of 10 MB is cut and counted, with no part of a secret at the cut', async () => {
    const script = `process.stdout.write('x'.repeat(16380) + 'top-secret-value' + 'y'.repeat(1e7) + '\\nnext\\n')`
    const end = await bash('', { file: process.execPath, args: ['-e', script] })
    expect(end.lines).toHaveLength(2)
    expect(end.lines[0]).toMatch(/^x{16368,16380}\**… \(\d+ more characters\)$/)
    expect(end.lines[0]!.length).toBeLessThan(16_500)
    expect(end.lines[1]).toBe('next')
  })

  test('S01 a secret that the cut of a long line runs through is not shown in part', async () => {
    for (let before = 16_384; before <= 16_400; before += 4) {
      const script = `process.stdout.write('x'.repeat(${before}) + 'top-secret-value' + 'y'.repeat(100))`
      const end = await bash('', { file: process.execPath, args: ['-e', script] })
      expect(end.lines[0]).not.toMatch(/top/)
    }
  })

  test('the last 64 lines, at most 16 KiB, are kept', async () => {
    const many = await bash('for n in $(seq 1000); do echo line $n; done')
    expect(many.lines).toHaveLength(1000)
    expect(many.output.split('\n')).toHaveLength(64)
    expect(many.output.startsWith('line 937\n')).toBe(true)
    const wide = await bash(`for n in $(seq 40); do printf 'ü%.0s' {1..1000}; echo; done`)
    expect(Buffer.byteLength(wide.output)).toBeLessThanOrEqual(16 * 1024)
    expect(wide.output).not.toContain('\uFFFD')
  })

  test('standard output is captured up to a size, and whether there was more', async () => {
    expect(await bash('echo out; echo err >&2', { captureBytes: 100 })).toMatchObject({
      stdout: 'out\n',
      truncated: false,
    })
    expect(await bash('printf 1234567890', { captureBytes: 4 })).toMatchObject({
      stdout: '1234',
      truncated: true,
    })
    expect(await bash('printf 1234', { captureBytes: 4 })).toMatchObject({ stdout: '1234', truncated: false })
    expect(await bash('echo top-secret-value', { captureBytes: 100, isCaptureRaw: true })).toMatchObject({
      stdout: 'top-secret-value\n',
      output: '***',
    })
  })
})

describe('how it ends', () => {
  test.each([
    ['exit 2', /^exit: bash --norc -c exit 2 failed \(exit 2\)\.$/],
    ['echo "no such host" >&2; exit 1', /exit 1 failed \(exit 1\)\. It last said: no such host$/],
    [
      'no-such-command-here',
      /exit: .* failed \(exit 127\)\. 127 means that a command was not found: install it before Seamless runs, or correct its path\. It last said: .*not found/,
    ],
    ['echo > f; ./f', /failed \(exit 126\)\. 126 means that a file is not executable: chmod \+x/],
    ['kill -KILL $$', /^signal: .* was ended by SIGKILL\. Often that is the machine out of memory\.$/],
    [
      'bash --norc -c "kill -KILL \\$\\$"; exit $?',
      /failed \(exit 137\)\. 137 means that a command in it was ended by SIGKILL\./,
    ],
  ])('%s', async (line, expected) => {
    const end = await bash(line)
    expect(message(end)).toMatch(expected)
  })

  test('a program, a folder that do not exist, a NUL: said, not thrown', async () => {
    expect(message(await bash('', { file: 'no-such-program', args: [] }))).toBe(
      'spawn: no-such-program could not be started: no-such-program is not installed or not on the PATH.',
    )
    expect(message(await bash('true', { directory: join(folder, 'none') }))).toMatch(
      /its folder .*none does not exist\./,
    )
    expect(message(await bash('true', { args: ['\0'] }))).toMatch(/^spawn: .*could not be started/)
    expect(message(await bash('', { file: folder, args: [] }))).toMatch(/may not be executed\.$/)
  })

  test('a timeout ends it and says how long that was', async () => {
    const end = await bash('echo started; sleep 60', { timeoutMs: 400 })
    expect(message(end)).toBe(
      'timeout: bash --norc -c echo started; sleep 60 timed out after 400ms and was stopped. Raise its "timeout" if it needs longer. It last said: started',
    )
    expect(end.ms).toBeLessThan(5000)
  })

  test('a cancel ends it; one from before does not even start it', async () => {
    const late = new AbortController()
    setTimeout(() => late.abort(), 200)
    expect(message(await bash('sleep 60', { signal: late.signal }))).toBe(
      'cancelled: bash --norc -c sleep 60 was stopped because the run was cancelled.',
    )
    expect(message(await bash('touch ran', { signal: AbortSignal.abort() }))).toMatch(/^cancelled: /)
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })

  test('it may end in peace: SIGTERM first, and what it still says is heard', async () => {
    const end = await bash(
      `exec 2>&-; trap 'echo tidied; exit 0' TERM; echo up; while :; do sleep 0.05; done`,
      {
        timeoutMs: 400,
        graceMs: 5000,
      },
    )
    expect(end.lines).toEqual(['up', 'tidied'])
    expect(message(end)).toMatch(/^timeout: /)
  })

  test('no grandchild survives a timeout, not even one that ignores SIGTERM', async () => {
    const end = await bash(
      `(trap '' TERM; echo $BASHPID > stubborn; while :; do sleep 0.05; done) & (echo $BASHPID > mild; exec sleep 60) & sleep 60`,
      { timeoutMs: 500, graceMs: 300 },
    )
    expect(message(end)).toMatch(/^timeout: /)
    expect([pidIn('stubborn'), pidIn('mild')].map((pid) => isAlive(pid))).toEqual([false, false])
    expect(end.ms).toBeLessThan(5000)
  })

  test('what it leaves in the background is ended when it ends, unless it is to be kept', async () => {
    const left = await bash('sleep 60 & echo $! > left; echo done')
    expect([left.kind, left.lines.join(), isAlive(pidIn('left'))]).toEqual(['done', 'done', false])
    const kept = await bash('sleep 60 & echo $! > kept; echo done', { background: 'keep' })
    const pid = pidIn('kept')
    const wasAlive = isAlive(pid)
    process.kill(pid)
    // It held the pipe open all the time, and was not waited for.
    expect([kept.kind, kept.lines.join(), wasAlive]).toEqual(['done', 'done', true])
    expect(kept.ms).toBeLessThan(10_000)
  })

  test('of a kept background too, a failure leaves nothing', async () => {
    const end = await bash('sleep 60 & echo $! > left; exit 1', { background: 'keep' })
    expect([end.kind, isAlive(pidIn('left'))]).toEqual(['failed', false])
  })

  test('when Seamless itself exits, what runs is ended with it', async () => {
    const script = `
      import { processRunner } from ${JSON.stringify(fileURLToPath(new URL('../../src/adapters/run-process.ts', import.meta.url)))}
      import { maskOf } from ${JSON.stringify(fileURLToPath(new URL('../../src/adapters/mask.ts', import.meta.url)))}
      void processRunner({ mask: maskOf([]) })({ file: 'bash', args: ['-c', 'echo $$ > pid; sleep 60'], directory: process.cwd(),
        environment: { PATH: process.env.PATH }, signal: new AbortController().signal, timeoutMs: 60000 })
      setTimeout(() => process.exit(0), 1500)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: folder })
    await once(child, 'exit')
    await vi.waitFor(() => expect(isAlive(pidIn('pid'))).toBe(false), { timeout: 3000 })
  })

  test('no listener stays on the process or on a signal', async () => {
    const { signal } = new AbortController()
    const spy = vi.spyOn(signal, 'removeEventListener')
    const before = process.listenerCount('exit')
    const run = processRunner({ mask: maskOf([]) })
    const command = {
      file: 'true',
      args: [],
      directory: folder,
      environment: { PATH: process.env['PATH'] ?? '' },
      signal,
      timeoutMs: 1000,
    }
    await Promise.all(Array.from({ length: 20 }, () => run(command)))
    expect(process.listenerCount('exit')).toBe(before)
    expect(spy).toHaveBeenCalledTimes(20)
  })
})
