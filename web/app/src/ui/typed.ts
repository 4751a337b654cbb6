const most = 9; // digits before the point: more than any wallet holds

/** What one more key makes of a value. A key that makes no sense changes nothing. */
export function typed(value: string, key: string, decimals: number): string {
  if (key === 'delete') return value.slice(0, -1);
  const [whole = '', rest] = value.split('.');
  if (key === '.') return decimals === 0 || rest !== undefined ? value : `${whole || '0'}.`;
  if (rest !== undefined) return rest.length < decimals ? value + key : value;
  if (whole === '0') return key;
  return whole.length < most ? value + key : value;
}
