import { createHash } from 'node:crypto'

/**
 * A job's id as a UUID, derived from what the job is for: whoever sends it again, on whichever replica, means the same job.
 * Made as RFC 9562 makes version 8 (free form), from SHA-256.
 */
export function jobId(queue: string, id: string): string {
  const bytes = createHash('sha256').update(`${queue}\0${id}`).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
