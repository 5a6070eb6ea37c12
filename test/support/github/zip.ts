import { crc32 } from 'node:zlib'

/** A ZIP archive of one stored file: what GitHub answers for an artifact. Format: PKWARE APPNOTE 6.3, 4.3.7 to 4.3.16. */
export function zipOf(name: string, content: Buffer): Buffer {
  const file = Buffer.from(name)
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0) // version needed
  fields.writeUInt16LE(0x0800, 2) // UTF-8 names
  fields.writeUInt32LE(crc32(content), 10)
  fields.writeUInt32LE(content.length, 14)
  fields.writeUInt32LE(content.length, 18)
  fields.writeUInt16LE(file.length, 22)
  const local = Buffer.concat([signature(0x04034b50), fields, file, content])
  const entry = Buffer.concat([signature(0x02014b50), Buffer.from([20, 0]), fields, Buffer.alloc(14), file])
  const end = Buffer.alloc(18)
  end.writeUInt16LE(1, 4)
  end.writeUInt16LE(1, 6)
  end.writeUInt32LE(entry.length, 8)
  end.writeUInt32LE(local.length, 12)
  return Buffer.concat([local, entry, signature(0x06054b50), end])
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
