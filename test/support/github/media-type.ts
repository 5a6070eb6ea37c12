/** Whether the caller asks for this form of the answer: `raw`, `diff`, `sha`. */
export function accepts(headers: Record<string, string | string[] | undefined>, media: string): boolean {
  return new RegExp(`application/vnd\\.github\\.(v3\\.)?${media}\\b`).test(String(headers['accept'] ?? ''))
}
