import type { Page } from '@playwright/test';

/** Waits until a screen stands: its file is here, what it asks the wallet for too, and nothing changes any more. */
export function settled(page: Page): Promise<void> {
  return page.evaluate(
    () =>
      new Promise<void>((done) => {
        const still = () => {
          if (document.querySelector('.waiting') || !document.querySelector('h1')?.textContent) return again();
          watch.disconnect();
          done();
        };
        let timer = setTimeout(still, 60);
        const again = () => {
          clearTimeout(timer);
          timer = setTimeout(still, 60);
        };
        const watch = new MutationObserver(again);
        watch.observe(document.body, { childList: true, characterData: true, subtree: true });
      }),
  );
}

/** What of a screen does not fit, is too small to read or to tap, or lies under something else. */
export function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const root = document.documentElement;
    const width = root.clientWidth;
    const dialog = document.querySelector('dialog[open]');
    const top = dialog ?? document.body;
    const faults: string[] = [];
    const seen = (one: Element) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.sr');
    const told = (one: Element) => `“${(one.textContent || one.getAttribute('aria-label') || one.tagName).trim()}”`;

    if (root.scrollWidth > width) faults.push(`the page is ${root.scrollWidth} px wide`);
    texts();
    boxes();
    taps();
    return [...new Set(faults)];

    function texts(): void {
      const walk = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const box = node.parentElement;
        const text = node.textContent?.trim();
        if (!box || !text || !seen(box)) continue;
        const size = parseFloat(getComputedStyle(box).fontSize);
        if (size < 16) faults.push(`“${text}” is ${size} px`);
        const range = document.createRange();
        range.selectNodeContents(node);
        const { left, right } = range.getBoundingClientRect();
        for (const { index, 0: number } of text.matchAll(/[^ ]*\d[^ ]*/g)) {
          if (/[a-z/:]/.test(number) || box.closest('.detail, .address')) continue;
          const from = node.textContent!.indexOf(text) + index;
          range.setStart(node, from);
          range.setEnd(node, from + number.length);
          const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
          if (lines.size > 1) faults.push(`“${number}” is broken in two`);
        }
        const edge = box.closest('button, .card, .notice, dialog')?.getBoundingClientRect();
        if (right > width + 1 || left < -1) faults.push(`“${text}” leaves the screen`);
        else if (edge && (right > edge.right + 1 || left < edge.left - 1)) faults.push(`“${text}” leaves its frame`);
      }
    }

    /** Boxes that hide what does not fit into them, and fields whose text is longer than they are. */
    function boxes(): void {
      for (const one of top.querySelectorAll<HTMLElement>('*')) {
        if (!seen(one) || one.closest('svg') || one.querySelector('video')) continue;
        const { overflowX, overflowY } = getComputedStyle(one);
        const field = one.matches('input, select');
        if ((overflowX !== 'visible' || field) && one.scrollWidth > one.clientWidth + 1) {
          faults.push(`${told(one)} is cut off at the side`);
        }
        if (overflowY !== 'visible' && overflowY !== 'auto' && one.scrollHeight > one.clientHeight + 1) {
          if (!field) faults.push(`${told(one)} is cut off below`);
        }
      }
    }

    function taps(): void {
      for (const one of top.querySelectorAll('h1, button, a, input, select, textarea, summary')) {
        if (!seen(one) || (dialog === null && one.closest('dialog'))) continue;
        one.scrollIntoView({ block: one.tagName === 'H1' ? 'start' : 'center' });
        const { left, top: y, width: w, height: h } = one.getBoundingClientRect();
        const target = one.matches('input[type=checkbox], input[type=radio]') || one.closest('p') ? 44 : h;
        if (target < 44 && one.tagName !== 'H1') faults.push(`${told(one)} is ${Math.round(h)} px high to tap`);
        const hit = document.elementFromPoint(left + w / 2, y + h / 2);
        const around = hit?.matches('p, label') && hit.contains(one); // a link within lines, a box beside its words
        if (hit && !one.contains(hit) && !around) faults.push(`${told(one)} lies under ${told(hit)}`);
        if (!hit) faults.push(`${told(one)} cannot be reached`);
      }
      scrollTo(0, 0);
    }
  });
}
