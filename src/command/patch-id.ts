import { createHash, type Hash } from 'node:crypto'

/**
 * The id of what a diff changes, as `git patch-id --stable` gives it (40 hex digits): the same after a rebase or a squash, with
 * the files in another order, or with other white space. Nothing where the text has no diff.
 *
 * What counts is each file's header and its hunks' lines, without their white space; what does not are line numbers, the
 * `index` line (but of binary files, of which it is all that is known) and "no newline at end of file". Each file is hashed by
 * itself, and the hashes are added up as 160-bit numbers, so their order does not matter.
 */
export function patchId(diff: string): string | undefined {
  const reader = new PatchReader()
  // A line ends with a line feed only: a carriage return is white space that files may have.
  for (const line of diff.split('\n')) {
    if (!reader.read(line)) break
  }
  return reader.id()
}

/** Where in a diff the next line stands: before the first file, in a file's header, between its hunks, in one. */
type Place = 'before' | 'header' | 'between' | 'hunk' | 'binary'

class PatchReader {
  #place: Place = 'before'
  /** Lines of the hunk that are still to come, by side. */
  #old = 0
  #new = 0
  #index = ''
  /** A file without any hunk (a rename, another mode) is hashed together with the next one, as git does it. */
  #hasHunk = false
  #hash: Hash = createHash('sha1')
  #sum = Buffer.alloc(20)
  #length = 0

  /** Answers false after the patch's end: another one may follow in the same text. */
  read(line: string): boolean {
    if (line.startsWith('\\ ') && line.length > 11) return true
    if (line.startsWith('diff ') && this.#place !== 'hunk') return this.#begin(line)
    switch (this.#place) {
      case 'before':
      case 'binary':
        return true
      case 'header':
        return this.#header(line)
      case 'between':
        return this.#hunkHeader(line)
      case 'hunk':
        this.#line(line)
        return true
    }
  }

  id(): string | undefined {
    if (this.#length === 0) return undefined
    this.#flush()
    return this.#sum.toString('hex')
  }

  #begin(line: string): boolean {
    if (this.#hasHunk) this.#flush()
    // git leaves this line of the file after a binary one out; so do we, to be the same.
    if (this.#place !== 'binary') this.#add(line)
    this.#hasHunk = false
    this.#place = 'header'
    return true
  }

  #header(line: string): boolean {
    const [, before, after] = /^index ([\da-f]+)\.\.([\da-f]+)/.exec(line) ?? []
    if (before !== undefined) {
      this.#index = `${before}${after ?? ''}`
      return true
    }
    if (/^(?:GIT binary patch|Binary files)/.test(line)) {
      this.#hash.update(this.#index)
      this.#flush()
      this.#place = 'binary'
      return true
    }
    if (line.startsWith('--- ')) {
      // The names count as a hunk of one line on either side.
      ;[this.#old, this.#new] = [1, 1]
      this.#place = 'hunk'
      this.#line(line)
      return true
    }
    if (!/^[a-z]/i.test(line)) return false
    this.#add(line)
    return true
  }

  #hunkHeader(line: string): boolean {
    const [found, old = '1', after = '1'] = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? /.exec(line) ?? []
    if (found === undefined) return false
    ;[this.#old, this.#new] = [Number(old), Number(after)]
    this.#hasHunk = true
    this.#place = 'hunk'
    this.#settle()
    return true
  }

  #line(line: string): void {
    if (line.startsWith('-') || line.startsWith(' ')) this.#old--
    if (line.startsWith('+') || line.startsWith(' ')) this.#new--
    this.#add(line)
    this.#settle()
  }

  #settle(): void {
    if (this.#old === 0 && this.#new === 0) this.#place = 'between'
  }

  #add(line: string): void {
    const bare = line.replaceAll(/[ \t\r\n\v\f]/g, '')
    this.#length += bare.length
    this.#hash.update(bare)
  }

  /** Adds the hash of what was read since the last time, with carry, the first byte being the lowest. */
  #flush(): void {
    let carry = 0
    for (const [index, byte] of this.#hash.digest().entries()) {
      carry += (this.#sum[index] ?? 0) + byte
      this.#sum[index] = carry & 0xff
      carry >>= 8
    }
    this.#hash = createHash('sha1')
  }
}
