// What this page remembers of each person's journal, outside of the journal's own database: how long it was. A database
// that was put back from a copy is shorter, or another (worker/journal.ts). Without a mark nothing is said.
const key = (profile: string): string => `kula-mark-${profile}`;

export function markOf(profile: string): string {
  try {
    return localStorage.getItem(key(profile)) ?? '';
  } catch {
    return ''; // forbidden here
  }
}

/** An empty mark forgets it. */
export function keepMark(profile: string, mark: string): void {
  try {
    if (mark) localStorage.setItem(key(profile), mark);
    else localStorage.removeItem(key(profile));
  } catch {
    // no room: the old mark still holds
  }
}
