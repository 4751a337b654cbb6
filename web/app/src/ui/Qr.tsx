import { encodeQR } from 'qr';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
  /** What the code says; an animated code gets another text for each frame. */
  text: string;
  label: string;
}

const quiet = 4; // modules of white around it, as the standard wants

/** A QR code, black on white in every theme, with modules of whole pixels: what cameras read best. */
export function Qr({ text, label }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const modules = encodeQR(text, 'raw', { ecc: 'medium', border: quiet });
    const redraw = () => {
      if (box.current && canvas.current) draw(canvas.current, modules, box.current.clientWidth);
    };
    redraw();
    const watch = new ResizeObserver(redraw);
    if (box.current) watch.observe(box.current);
    return () => watch.disconnect();
  }, [text]);
  return (
    <div class="qr" ref={box} role="img" aria-label={label}>
      <canvas ref={canvas} />
    </div>
  );
}

function draw(canvas: HTMLCanvasElement, modules: boolean[][], width: number): void {
  const density = devicePixelRatio || 1;
  const scale = Math.max(1, Math.floor((width * density) / modules.length));
  const size = modules.length * scale;
  canvas.width = size;
  canvas.height = size;
  canvas.style.width = `${size / density}px`;
  canvas.style.height = `${size / density}px`;
  const paper = canvas.getContext('2d', { alpha: false });
  if (!paper) return;
  paper.fillStyle = '#fff';
  paper.fillRect(0, 0, size, size);
  paper.fillStyle = '#000';
  modules.forEach((row, y) =>
    row.forEach((dark, x) => {
      if (dark) paper.fillRect(x * scale, y * scale, scale, scale);
    }),
  );
}
