// Whether a POST to /share comes from the phone's own "share with": a service worker sees no more of it than this.

/** Not from another page, which could put a code before the person as if somebody they know had sent it. */
export function sharedByPhone({ mode, destination, referrer, headers }: Request, own: string): boolean {
  if (mode !== 'navigate' || destination !== 'document') return false;
  return [referrer, headers.get('origin') ?? ''].every((from) => !/^https?:/i.test(from) || originOf(from) === own);
}

function originOf(address: string): string {
  try {
    return new URL(address).origin;
  } catch {
    return '';
  }
}
