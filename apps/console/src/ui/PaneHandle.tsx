import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import classes from './ui.module.css';

interface Range {
  readonly min: number;
  readonly max: number;
  readonly initial: number;
}

/** A pane's width in pixels, kept between visits under `name`. */
export function usePaneWidth(name: string, range: Range) {
  const key = `tributary.pane.${name}`;
  const [width, setWidth] = useState(() => clamp(Number(localStorage.getItem(key)) || range.initial, range));
  const resize = (next: number): void => {
    const clamped = clamp(Math.round(next), range);
    setWidth(clamped);
    localStorage.setItem(key, String(clamped));
  };
  return { width, resize, range };
}

const clamp = (value: number, { min, max }: Range): number => Math.min(max, Math.max(min, value));

const STEP = 16;

/** The line between two panes: dragged, or moved with the arrow keys. `side` is where the resized pane lies. */
export function PaneHandle(props: {
  label: string;
  pane: ReturnType<typeof usePaneWidth>;
  side: 'left' | 'right';
}) {
  const { label, side } = props;
  const { width, resize, range } = props.pane;
  const [drag, setDrag] = useState<{ x: number; width: number } | null>(null);
  const sign = side === 'left' ? 1 : -1;

  const start = (event: PointerEvent<HTMLDivElement>): void => {
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ x: event.clientX, width });
  };
  const move = (event: PointerEvent): void => {
    if (drag) resize(drag.width + sign * (event.clientX - drag.x));
  };
  const onKey = (event: KeyboardEvent): void => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    resize(width + sign * direction * STEP);
  };

  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={range.min}
      aria-valuemax={range.max}
      tabIndex={0}
      className={classes['handle']}
      data-dragging={drag ? true : undefined}
      onPointerDown={start}
      onPointerMove={move}
      onPointerUp={() => setDrag(null)}
      onPointerCancel={() => setDrag(null)}
      onDoubleClick={() => resize(range.initial)}
      onKeyDown={onKey}
    />
  );
}
