/** Whose page an address is of. On a machine to try things on, localhost and 127.0.0.1 are one; nonsense is nobody's. */
export function originOf(address: string): string {
  try {
    const { protocol, hostname, port } = new URL(address);
    return `${protocol}//${hostname === '127.0.0.1' ? 'localhost' : hostname}${port && `:${port}`}`;
  } catch {
    return '';
  }
}
