import { describe, expect, it } from 'vitest';
import type { Pin } from '../pin';
import { delayAfter, makePin, restarted, tryPin, waitFor } from '../pin';

const made = await makePin('2580', 1_000);
const quick: Pin = { ...made };

describe('the PIN', () => {
  it('is right or wrong, and not kept', async () => {
    const kept: Pin[] = [];
    const keep = async (pin: Pin) => void kept.push(pin);
    expect((await tryPin(quick, '2581', 1_000, keep)).right).toBe(false);
    expect((await tryPin(quick, '2580', 1_000, keep)).right).toBe(true);
    expect(JSON.stringify({ ...made, salt: [...made.salt], hash: [...made.hash] })).not.toContain('2580');
    expect((await makePin('2580', 1_000)).hash).not.toEqual(made.hash);
  });

  it('counts a try before it says whether it was right: pulling the battery gives none for free', async () => {
    const order: string[] = [];
    const keep = async (pin: Pin) => void order.push(`wrong ${pin.wrong}`);
    await tryPin(quick, '2580', 1_000, keep);
    expect(order).toEqual(['wrong 1', 'wrong 0']);
    const failing = tryPin(quick, '2580', 1_000, () => Promise.reject(new Error('disk full')));
    await expect(failing).rejects.toThrow('disk full');
  });

  it('makes one wait longer and longer', async () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => delayAfter(n) / 1000)).toEqual([
      0, 0, 0, 30, 60, 300, 900, 3600, 14400,
    ]);
    const pin = { ...quick, wrong: 3, wrongAt: 100_000 };
    expect(waitFor(pin, 100_000)).toBe(30_000);
    expect(waitFor(pin, 129_999)).toBe(1);
    expect(waitFor(pin, 130_000)).toBe(0);
    expect(waitFor(pin, 0)).toBe(30_000); // the clock was set back
    const kept: Pin[] = [];
    expect(await tryPin(pin, '2580', 120_000, async (p) => void kept.push(p))).toEqual({ right: false, pin });
    expect(kept).toEqual([]); // not even tried
    expect((await tryPin(pin, '2580', 130_000, async () => undefined)).right).toBe(true);
  });

  it('is not hurried by a clock that was set forward while the app runs', async () => {
    const pin = { ...quick, wrong: 2, wrongAt: 0 };
    const wrong = (await tryPin(pin, '0000', 7_000_000, async () => undefined, 500)).pin;
    const later = 7_000_000 + 86_400_000;
    expect(waitFor(wrong, later, 1_500)).toBe(29_000);
    expect((await tryPin(wrong, '2580', later, async () => undefined, 1_500)).right).toBe(false);
    expect(waitFor(wrong, 7_000_000 + 1_000, 40_000)).toBe(29_000);
    const back = restarted(wrong, 6_000_000, 2_000)!; // set back, and forward again
    expect(waitFor(back, later, 3_000)).toBe(29_000);
    expect((await tryPin(wrong, '2580', later, async () => undefined, 30_500)).right).toBe(true);
  });

  it('lets who typed the right one in, also where that cannot be written down', async () => {
    let writes = 0;
    const once = () => (writes++ ? Promise.reject(new Error('disk full')) : Promise.resolve());
    expect(await tryPin(quick, '2580', 1_000, once)).toMatchObject({ right: true, pin: { wrong: 1 } });
  });

  it('lets the wait end when the clock was set back, by a flat battery or by the network', () => {
    const pin = { ...quick, wrong: 3, wrongAt: 4_000_000_000 };
    const now = 2_000_000_000;
    expect(waitFor(pin, now + 30_000)).toBe(30_000); // it would be so for years
    const again = restarted(pin, now, 0)!;
    expect(waitFor(again, now, 0)).toBe(30_000);
    expect(waitFor(again, now + 30_000, 30_000)).toBe(0);
    expect(restarted(again, now)).toBeUndefined();
  });
});
